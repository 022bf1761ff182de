import type { z } from 'zod';
import type { AuditEntry, AuditListQuery, AuditPage } from '#common/contracts/access.ts';
import { afterCursor, literal, pageOf } from '../http/cursor.ts';
import type { Context } from '../http/route.ts';

/** Who did what, newest first. */
export async function listAudit({
  deps,
  query,
}: Context<unknown, z.output<typeof AuditListQuery>>): Promise<z.input<typeof AuditPage>> {
  const contains =
    query.search === undefined ? undefined : ({ contains: literal(query.search), mode: 'insensitive' } as const);
  const rows = await deps.db.auditEntry.findMany({
    where: {
      ...(contains && { OR: [{ action: contains }, { actorName: contains }, { objectName: contains }] }),
      ...(query.action !== undefined && { action: query.action }),
      ...(query.actorId !== undefined && { actorId: query.actorId }),
      ...(query.objectKind !== undefined && { objectKind: query.objectKind }),
      ...(query.objectId !== undefined && { objectId: query.objectId }),
      at: {
        ...(query.from !== undefined && { gte: new Date(query.from) }),
        ...(query.to !== undefined && { lt: new Date(query.to) }),
      },
      ...afterCursor('at', query.cursor),
    },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return pageOf(
    rows,
    query.limit,
    (row) => ({ at: row.at, id: row.id }),
    (row) => ({ ...row, at: row.at.toISOString(), details: row.details as AuditEntry['details'] }),
  );
}
