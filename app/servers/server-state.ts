import type { ConnectionState, Server } from '#common/contracts/servers.ts';
import type { Look } from '../ui/badge.tsx';

export const SERVER_STATES = ['online', 'offline', 'never_seen'] as const;
export type ServerState = (typeof SERVER_STATES)[number];

export function serverState(server: Pick<Server, 'isOnline' | 'lastSeenAt'>): ServerState {
  if (server.isOnline) return 'online';
  return server.lastSeenAt === null ? 'never_seen' : 'offline';
}

export const SERVER_LOOKS: Record<ServerState, Look> = {
  online: { word: 'Online', icon: 'check', tone: 'good' },
  offline: { word: 'Offline', icon: 'offline', tone: 'bad' },
  never_seen: { word: 'No report yet', icon: 'ring', tone: 'quiet' },
};

export const serverLook = (server: Pick<Server, 'isOnline' | 'lastSeenAt'>): Look => SERVER_LOOKS[serverState(server)];

export const CONNECTION_LOOKS: Record<ConnectionState, Look> = {
  untested: { word: 'Not tested', icon: 'ring', tone: 'quiet' },
  ok: { word: 'SSH works', icon: 'check', tone: 'good' },
  failed: { word: 'SSH fails', icon: 'cross', tone: 'bad' },
  host_key_unknown: { word: 'Host key to accept', icon: 'key', tone: 'change' },
  host_key_changed: { word: 'Host key changed', icon: 'alert', tone: 'bad' },
};

export const CONNECTION_STATE_NAMES = Object.keys(CONNECTION_LOOKS) as ConnectionState[];
