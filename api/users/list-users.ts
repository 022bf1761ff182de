import type { z } from 'zod';
import type { UserPage } from '#common/contracts/access.ts';
import type { ListQuery } from '#common/contracts/basics.ts';
import { afterCursor, literal, pageOf } from '../http/cursor.ts';
import type { Context } from '../http/route.ts';
import { presentUser } from './present.ts';

export async function listUsers({ deps, query }: Context<unknown, ListQuery>): Promise<z.input<typeof UserPage>> {
  const contains =
    query.search === undefined ? undefined : ({ contains: literal(query.search), mode: 'insensitive' } as const);
  const rows = await deps.db.user.findMany({
    where: {
      ...(contains && { OR: [{ name: contains }, { email: contains }] }),
      ...afterCursor('createdAt', query.cursor),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return pageOf(rows, query.limit, (row) => ({ at: row.createdAt, id: row.id }), presentUser);
}
