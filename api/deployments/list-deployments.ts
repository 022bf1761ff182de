import type { z } from 'zod';
import type { DeploymentListQuery, DeploymentPage } from '#common/contracts/deployments.ts';
import { afterCursor, literal, pageOf } from '../http/cursor.ts';
import type { Context } from '../http/route.ts';
import { presentSummary, SUMMARY_PARTS } from './present.ts';

/** Deployments, newest first. `search` looks into their names, playbooks and the names of those who made them. */
export async function listDeployments({
  deps,
  query,
}: Context<unknown, DeploymentListQuery>): Promise<z.input<typeof DeploymentPage>> {
  const contains =
    query.search === undefined ? undefined : ({ contains: literal(query.search), mode: 'insensitive' } as const);
  const rows = await deps.db.deployment.findMany({
    where: {
      ...(contains && { OR: [{ name: contains }, { playbook: contains }, { actorName: contains }] }),
      ...(query.state && { state: query.state }),
      ...(query.playbook !== undefined && { playbook: query.playbook }),
      ...(query.serverId !== undefined && { servers: { some: { serverId: query.serverId } } }),
      ...afterCursor('createdAt', query.cursor),
    },
    include: SUMMARY_PARTS,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return pageOf(rows, query.limit, (row) => ({ at: row.createdAt, id: row.id }), presentSummary);
}
