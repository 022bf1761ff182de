import type { Redis } from 'ioredis';
import { STATS } from '#ingest/stream/names.ts';
import type { StoreResult } from './store-reports.ts';

const COUNTERS = {
  metricRows: 'metric_rows',
  processRows: 'process_rows',
  duplicates: 'duplicates',
  deadLetters: 'dead_letters',
  deletedServers: 'deleted_server_reports',
} as const satisfies Partial<Record<keyof StoreResult, string>>;

/** Adds a batch to the counters in Valkey. They serve status pages alone: a fault here never holds up reports. */
export async function countBatch(valkey: Redis, reports: number, result: StoreResult): Promise<void> {
  const pipeline = valkey.pipeline().hincrby(STATS, 'reports', reports);
  for (const [key, field] of Object.entries(COUNTERS) as [keyof typeof COUNTERS, string][]) {
    if (result[key] > 0) pipeline.hincrby(STATS, field, result[key]);
  }
  pipeline.hset(STATS, { last_commit_at: new Date().toISOString() });
  await pipeline.exec().catch(() => undefined);
}

/** Writes down how far digest is: entries that wait, milliseconds that the oldest of them waits, and a fault, if there is one. */
export async function writeGauges(
  valkey: Redis,
  backlog: { pending: number; oldestAt: number | undefined },
  fault: string,
): Promise<void> {
  const lagMs = backlog.oldestAt === undefined ? 0 : Math.max(0, Date.now() - backlog.oldestAt);
  const values = { backlog: backlog.pending, lag_ms: lagMs, fault, updated_at: new Date().toISOString() };
  await valkey.hset(STATS, values).catch(() => undefined);
}
