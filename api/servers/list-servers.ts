import type { z } from 'zod';
import type { ServerListQuery, ServerPage } from '#common/contracts/servers.ts';
import type { Prisma } from '#common/db/prisma.ts';
import { afterCursor, literal, pageOf } from '../http/cursor.ts';
import type { Context } from '../http/route.ts';
import { ONLINE_MS, presentServer, SERVER_PARTS } from './present.ts';

/** Servers, newest first. `search` looks into names, addresses, ids and (whole) tags. */
export async function listServers({
  deps,
  query,
}: Context<unknown, ServerListQuery>): Promise<z.input<typeof ServerPage>> {
  const now = deps.now();
  const rows = await deps.db.server.findMany({
    where: {
      ...(query.search !== undefined && { OR: searched(query.search) }),
      ...(query.environment && { environment: query.environment }),
      ...(query.connectionState && { connectionState: query.connectionState }),
      ...(query.state && { lastSeenAt: seen(query.state, now) }),
      ...afterCursor('createdAt', query.cursor),
    },
    include: SERVER_PARTS,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return pageOf(
    rows,
    query.limit,
    (row) => ({ at: row.createdAt, id: row.id }),
    (row) => presentServer(row, now),
  );
}

function searched(search: string): Prisma.ServerWhereInput[] {
  const contains = { contains: literal(search), mode: 'insensitive' } as const;
  return [
    { hostname: contains },
    { displayName: contains },
    { sshHost: contains },
    { serverId: contains },
    { tags: { has: search } },
  ];
}

/** Condition on `last_seen_at`. */
export function seen(state: 'online' | 'offline' | 'never_seen', now: Date): Prisma.DateTimeNullableFilter | null {
  const limit = new Date(now.getTime() - ONLINE_MS);
  if (state === 'never_seen') return null;
  return state === 'online' ? { gt: limit } : { lte: limit };
}
