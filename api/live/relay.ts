import type { Server } from 'socket.io';
import {
  channels,
  type BrowserToServer,
  type DeploymentUpdate,
  type ServerToBrowser,
  type ServerUpdate,
} from '#common/contracts/live.ts';
import type { Logger } from '#common/logging/logger.ts';
import type { Actor } from '../http/actor.ts';
import { createCoalescer } from './coalesce.ts';
import { mergeDeploymentUpdates } from './merge-updates.ts';
import type { Valkey } from './valkey.ts';

export type LiveServer = Server<BrowserToServer, ServerToBrowser, Record<string, never>, { actor: Actor }>;

const DEPLOYMENT_MS = 100;
const SECOND_MS = 1000;
/** Packets that wait for one browser; a slower one is disconnected, and goes on from its last sequence when it is back. */
const MAX_WAITING = 500;

const DEPLOYMENTS = channels.deployment('*');
const METRICS = channels.metrics('*');

interface FleetChange {
  servers: Set<string>;
  deployments: Set<string>;
}

/** What engine.io has not handed to the network yet; its type hides the field. */
const packetsWaiting = (connection: unknown) => (connection as { writeBuffer: unknown[] }).writeBuffer.length;

export interface Relay {
  stop: () => void;
}

/** Passes what workers and digest publish on to the rooms that browsers follow. `sessionsEnded` is called when sockets must be looked at. */
export function startRelay(io: LiveServer, subscriber: Valkey, logger: Logger, sessionsEnded: () => void): Relay {
  const to = (room: string) => {
    for (const id of io.sockets.adapter.rooms.get(room) ?? []) {
      const socket = io.sockets.sockets.get(id);
      if (socket && packetsWaiting(socket.conn) > MAX_WAITING) socket.disconnect(true);
    }
    return io.to(room);
  };
  const deployments = createCoalescer<DeploymentUpdate>({
    everyMs: DEPLOYMENT_MS,
    merge: mergeDeploymentUpdates,
    emit: (room, update) => to(room).emit('deployment:update', update),
  });
  const servers = createCoalescer<ServerUpdate>({
    everyMs: SECOND_MS,
    merge: (_earlier, later) => later,
    emit: (room, update) => to(room).emit('server:update', update),
  });
  const fleet = createCoalescer<FleetChange>({
    everyMs: SECOND_MS,
    merge: (a, b) => ({
      servers: new Set([...a.servers, ...b.servers]),
      deployments: new Set([...a.deployments, ...b.deployments]),
    }),
    emit: (room, change) =>
      to(room).emit('fleet:update', { servers: [...change.servers], deployments: [...change.deployments] }),
  });
  const hasRoom = (room: string) => io.sockets.adapter.rooms.has(room);

  subscriber.on('pmessage', (pattern: string, channel: string, text: string) => {
    const id = channel.slice(pattern.length - 1);
    const isMetrics = pattern === METRICS;
    if (hasRoom('fleet')) {
      fleet.add('fleet', { servers: new Set(isMetrics ? [id] : []), deployments: new Set(isMetrics ? [] : [id]) });
    }
    const room = isMetrics ? `server:${id}` : `deployment:${id}`;
    if (!hasRoom(room)) return;
    try {
      if (isMetrics) servers.add(room, { ...(JSON.parse(text) as Omit<ServerUpdate, 'serverId'>), serverId: id });
      else deployments.add(room, JSON.parse(text) as DeploymentUpdate);
    } catch {
      logger.warn({ channel }, 'a message that is not JSON was left out');
    }
  });
  subscriber.on('message', (channel: string, text: string) => {
    if (channel === channels.sessionsEnded) sessionsEnded();
    else if (channel === channels.serversChanged && hasRoom('fleet')) {
      logger.debug({ text }, 'servers changed');
      fleet.add('fleet', { servers: new Set(), deployments: new Set() });
    }
  });
  const subscribe = () => {
    subscriber.psubscribe(DEPLOYMENTS, METRICS).catch((error: unknown) => {
      logger.warn({ err: error }, 'not subscribed to updates');
    });
    subscriber.subscribe(channels.sessionsEnded, channels.serversChanged).catch((error: unknown) => {
      logger.warn({ err: error }, 'not subscribed to changes');
    });
  };
  subscriber.on('ready', subscribe);
  if (subscriber.status === 'ready') subscribe();

  return {
    stop() {
      subscriber.off('ready', subscribe);
      deployments.stop();
      servers.stop();
      fleet.stop();
    },
  };
}
