import type { z } from 'zod';
import type { MetricQuery, MetricSeries, TopProcesses, TopProcessesQuery } from '#common/contracts/metrics.ts';
import { readMetricSeries } from '#common/db/metrics-series.ts';
import { readTopProcesses } from '#common/db/top-processes.ts';
import type { ById } from '../http/params.ts';
import type { Context } from '../http/route.ts';
import { requireServer } from './get-server.ts';

/** The charts of one server, in columns. */
export async function readMetrics({
  deps,
  params,
  query,
}: Context<ById, z.output<typeof MetricQuery>>): Promise<MetricSeries> {
  await requireServer(deps, params.id);
  return readMetricSeries(deps.pool, { serverId: params.id, range: query.range, now: deps.now() });
}

/** The process groups of one server that used most. */
export async function readProcesses({
  deps,
  params,
  query,
}: Context<ById, z.output<typeof TopProcessesQuery>>): Promise<z.input<typeof TopProcesses>> {
  await requireServer(deps, params.id);
  return { items: await readTopProcesses(deps.pool, { serverId: params.id, ...query, now: deps.now() }) };
}
