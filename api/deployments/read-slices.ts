import type { z } from 'zod';
import type { EventSlice, OutputSlice, SequenceQuery } from '#common/contracts/deployments.ts';
import type { ApiDeps } from '../deps.ts';
import type { ById } from '../http/params.ts';
import { notFound } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';

type Slice = Context<ById, z.output<typeof SequenceQuery>>;

/** Rows of a run are never older than the run: lets Postgres leave older partitions alone. */
async function conditionOf({ deps, params, query }: Slice) {
  const createdAt = await requireCreatedAt(deps, params.id);
  return {
    where: {
      deploymentId: params.id,
      sequence: { gt: BigInt(query.after) },
      at: { gte: new Date(createdAt.getTime() - 3600_000) },
    },
    orderBy: { sequence: 'asc' },
    take: query.limit,
  } as const;
}

async function requireCreatedAt({ db }: Pick<ApiDeps, 'db'>, id: string): Promise<Date> {
  const row = await db.deployment.findUnique({ where: { id }, select: { createdAt: true } });
  if (!row) throw notFound('deployment');
  return row.createdAt;
}

const nextOf = (items: readonly { sequence: number }[], after: number) => items.at(-1)?.sequence ?? after;

/** Events after a sequence number, in order. */
export async function readEvents(context: Slice): Promise<z.input<typeof EventSlice>> {
  const rows = await context.deps.db.deploymentEvent.findMany(await conditionOf(context));
  const items = rows.map(({ sequence, at, kind, serverId, task, data }) => ({
    sequence: Number(sequence),
    at: at.toISOString(),
    kind,
    serverId,
    task,
    data: data as Record<string, unknown>,
  }));
  return { items, next: nextOf(items, context.query.after) };
}

/** Pieces of the output after a sequence number, in order. */
export async function readOutput(context: Slice): Promise<z.input<typeof OutputSlice>> {
  const rows = await context.deps.db.deploymentOutput.findMany(await conditionOf(context));
  const items = rows.map(({ sequence, at, chunk }) => ({ sequence: Number(sequence), at: at.toISOString(), chunk }));
  return { items, next: nextOf(items, context.query.after) };
}
