import type { z } from 'zod';
import type { ListQuery } from '#common/contracts/basics.ts';
import type { SshKeyPage } from '#common/contracts/ssh-keys.ts';
import { afterCursor, literal, pageOf } from '../http/cursor.ts';
import type { Context } from '../http/route.ts';
import { presentSshKey, SSH_KEY_COLUMNS } from './present.ts';

export async function listSshKeys({ deps, query }: Context<unknown, ListQuery>): Promise<z.input<typeof SshKeyPage>> {
  const contains =
    query.search === undefined ? undefined : ({ contains: literal(query.search), mode: 'insensitive' } as const);
  const rows = await deps.db.sshKey.findMany({
    where: {
      ...(contains && { OR: [{ name: contains }, { fingerprint: contains }] }),
      ...afterCursor('createdAt', query.cursor),
    },
    select: SSH_KEY_COLUMNS,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return pageOf(rows, query.limit, (row) => ({ at: row.createdAt, id: row.id }), presentSshKey);
}
