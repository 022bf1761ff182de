import { z } from 'zod';
import type { Permission } from '#common/domain/permissions.ts';
import type { ApiDeps } from '../deps.ts';
import { RefusedError } from '../http/refused-error.ts';

const Room = z.union([
  z.literal('fleet'),
  z.templateLiteral(['server:', z.uuid()]),
  z.templateLiteral(['deployment:', z.uuid()]),
]);

export interface KnownRoom {
  name: string;
  permission: Permission;
  /** Whether what the room is about exists. */
  exists: (deps: Pick<ApiDeps, 'db'>) => Promise<boolean>;
}

/** The room of a name, with the permission that it needs. Throws not_found. */
export function requireRoom(name: unknown): KnownRoom {
  const parsed = Room.safeParse(name);
  if (!parsed.success) {
    throw new RefusedError('not_found', 'There is no such room: fleet, server:ID and deployment:ID can be followed.');
  }
  const room = parsed.data;
  if (room === 'fleet') return { name: room, permission: 'servers.view', exists: () => Promise.resolve(true) };
  const [kind, id = ''] = room.split(':');
  const where = { where: { id }, select: { id: true } } as const;
  return kind === 'server'
    ? {
        name: room,
        permission: 'servers.view',
        exists: async ({ db }) => (await db.server.findUnique(where)) !== null,
      }
    : {
        name: room,
        permission: 'deployments.view',
        exists: async ({ db }) => (await db.deployment.findUnique(where)) !== null,
      };
}
