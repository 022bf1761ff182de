import type { z } from 'zod';
import type { TokenPage } from '#common/contracts/access.ts';
import type { ListQuery } from '#common/contracts/basics.ts';
import { afterCursor, literal, pageOf } from '../http/cursor.ts';
import type { Context } from '../http/route.ts';
import { presentToken } from './present.ts';

/** Tokens that are not revoked; expired ones are shown as such. */
export async function listTokens({ deps, query }: Context<unknown, ListQuery>): Promise<z.input<typeof TokenPage>> {
  const rows = await deps.db.apiToken.findMany({
    where: {
      revokedAt: null,
      ...(query.search !== undefined && { name: { contains: literal(query.search), mode: 'insensitive' } }),
      ...afterCursor('createdAt', query.cursor),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return pageOf(rows, query.limit, (row) => ({ at: row.createdAt, id: row.id }), presentToken);
}
