import type { DeploymentEvent, DeploymentHost, OutputChunk } from './deployments.ts';
import type { DeploymentState, HostCounts } from '#common/domain/states.ts';

/**
 * Live updates over socket.io (path `/ws`). A browser asks for a room with `subscribe` and is answered with `{ok}` or a problem;
 * rooms: `fleet`, `server:{id}`, `deployment:{id}`. Gaps are filled over HTTP from the last sequence.
 */
export interface DeploymentUpdate {
  deploymentId: string;
  /** Set when it changed. */
  state?: DeploymentState;
  reason?: string | null;
  counts?: HostCounts;
  events?: DeploymentEvent[];
  output?: OutputChunk[];
  hosts?: DeploymentHost[];
}

export interface ServerUpdate {
  serverId: string;
  at: string;
  /** The newest raw values, named as the columns of `metrics`. */
  values: Record<string, number | null>;
}

export interface ServerToBrowser {
  'deployment:update': (update: DeploymentUpdate) => void;
  'server:update': (update: ServerUpdate) => void;
  /** Fleet room: servers or deployments changed; at most one a second. */
  'fleet:update': (update: { servers: string[]; deployments: string[] }) => void;
}

export interface BrowserToServer {
  subscribe: (room: string, answer: (result: { ok: boolean; code?: string; detail?: string }) => void) => void;
  unsubscribe: (room: string) => void;
}

/** Valkey channels, and what is published on them as JSON. */
export const channels = {
  deployment: (id: string) => `admiral:deployment:${id}`,
  metrics: (id: string) => `admiral:metrics:${id}`,
  /** The agent-side server id whose cache entries are stale, or `*`. */
  serversChanged: 'admiral:servers:changed',
  sessionsEnded: 'admiral:sessions:ended',
} as const;
