import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { METRIC_COLUMN_NAMES, METRIC_COLUMNS, type MetricValues } from '#common/domain/metric-columns.ts';
import { asScrape, newestValues, type Scrape } from './newest-values.ts';
import type { MetricRow, ReadReport } from './read-report.ts';

/** What a transaction did; `published` are the servers whose newest values changed. */
export interface StoreResult {
  metricRows: number;
  processRows: number;
  /** Rows that the database had already. */
  duplicates: number;
  deadLetters: number;
  /** Reports of servers that are gone. */
  deletedServers: number;
  published: { server: string; at: number; values: string }[];
}

const SQL_TYPES = { double: 'float8', bigint: 'int8', integer: 'int4' } as const;
const METRICS_SQL = `INSERT INTO admiral.metrics (server_id, "timestamp", ${METRIC_COLUMN_NAMES.join(', ')})
  SELECT * FROM unnest($1::uuid[], $2::timestamptz[], ${METRIC_COLUMN_NAMES.map(
    (name, index) => `$${String(index + 3)}::${SQL_TYPES[METRIC_COLUMNS[name]]}[]`,
  ).join(', ')}) ON CONFLICT DO NOTHING`;
const PROCESSES_SQL = `INSERT INTO admiral.process_snapshots
    (server_id, "timestamp", name, num_procs, cpu_seconds_total, memory_bytes)
  SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::int4[], $5::float8[], $6::int8[])
  ON CONFLICT DO NOTHING`;
// In the order of ids, so that two digests never wait for each other in a circle; holds off a deletion until the commit.
const LOCK_SQL = `SELECT id FROM admiral.servers WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
const NEWEST_SQL = `INSERT INTO admiral.server_newest AS n (server_id, at, "values")
  SELECT s, t, v::jsonb FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS given (s, t, v)
  ON CONFLICT (server_id) DO UPDATE SET at = EXCLUDED.at, "values" = EXCLUDED."values" WHERE n.at < EXCLUDED.at
  RETURNING server_id`;
const SEEN_SQL = `UPDATE admiral.servers SET last_seen_at = LEAST(t, now())
  FROM unnest($1::uuid[], $2::timestamptz[]) AS given (s, t)
  WHERE id = s AND (last_seen_at IS NULL OR last_seen_at < LEAST(t, now()))`;
const FACTS_SQL = `UPDATE admiral.servers
  SET facts = coalesce(facts, '{}'::jsonb) || jsonb_build_object('agent', a::jsonb), facts_at = now()
  FROM unnest($1::uuid[], $2::text[]) AS given (s, a)
  WHERE id = s AND (facts -> 'agent') IS DISTINCT FROM a::jsonb`;
const DEAD_LETTERS_SQL = `INSERT INTO admiral.metric_dead_letters (id, stream_id, server_id, reason, payload)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) ON CONFLICT (stream_id) DO NOTHING`;

/** Stores the reports in one transaction: all of them or none. Storing a report again changes nothing. */
export async function storeReports(pool: Pool, reports: readonly ReadReport[]): Promise<StoreResult> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await storeWithin(client, reports);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // The connection is thrown away: whether it still has a transaction nobody knows.
    client.release(true);
    throw error;
  }
}

async function storeWithin(client: PoolClient, reports: readonly ReadReport[]): Promise<StoreResult> {
  const ids = [...new Set(reports.map((report) => report.entry.server))];
  const { rows } = await client.query<{ id: string }>({ name: 'lock', text: LOCK_SQL, values: [ids] });
  const present = new Set(rows.map((row) => row.id));
  const alive = reports.filter((report) => present.has(report.entry.server));
  const metrics = alive.flatMap((report) => report.metrics.map((row) => ({ server: report.entry.server, row })));
  const processes = alive.flatMap((report) => report.processes.map((row) => ({ server: report.entry.server, row })));
  const metricRows = await insertMetrics(client, metrics);
  const processRows = await insertProcesses(client, processes);
  const published = await storeNewest(client, metrics);
  await storeSeen(client, alive);
  await storeFacts(client, alive);
  return {
    metricRows,
    processRows,
    duplicates: metrics.length - metricRows + (processes.length - processRows),
    deadLetters: await storeDeadLetters(client, alive),
    deletedServers: reports.length - alive.length,
    published,
  };
}

type OfServer<T> = { server: string; row: T }[];
const iso = (at: number) => new Date(at).toISOString();

async function insertMetrics(client: PoolClient, given: OfServer<MetricRow>): Promise<number> {
  if (given.length === 0) return 0;
  const columns = METRIC_COLUMN_NAMES.map((_, index) => given.map(({ row }) => row.values[index] ?? null));
  const values = [given.map(({ server }) => server), given.map(({ row }) => iso(row.at)), ...columns];
  return (await client.query({ name: 'metrics', text: METRICS_SQL, values })).rowCount ?? 0;
}

async function insertProcesses(client: PoolClient, given: OfServer<ReadReport['processes'][number]>): Promise<number> {
  if (given.length === 0) return 0;
  const values = [
    given.map(({ server }) => server),
    given.map(({ row }) => iso(row.at)),
    given.map(({ row }) => row.name),
    given.map(({ row }) => row.processes),
    given.map(({ row }) => row.cpuSeconds),
    given.map(({ row }) => row.memoryBytes),
  ];
  return (await client.query({ name: 'processes', text: PROCESSES_SQL, values })).rowCount ?? 0;
}

async function storeNewest(client: PoolClient, given: OfServer<MetricRow>): Promise<StoreResult['published']> {
  if (given.length === 0) return [];
  const byServer = new Map<string, MetricRow[]>();
  for (const { server, row } of given) byServer.set(server, [...(byServer.get(server) ?? []), row]);
  const stored = await client.query<{ server_id: string; at: Date; values: MetricValues }>({
    name: 'newest-before',
    text: 'SELECT server_id, at, "values" FROM admiral.server_newest WHERE server_id = ANY($1::uuid[])',
    values: [[...byServer.keys()]],
  });
  const before = new Map(stored.rows.map((row) => [row.server_id, { at: row.at.getTime(), values: row.values }]));
  const newest = [...byServer].map(([server, rows]) => {
    const sorted = rows.sort((a, b) => b.at - a.at);
    const row = sorted[0] as MetricRow;
    const earlier = sorted.find(({ at }) => at < row.at);
    return {
      server,
      at: row.at,
      values: newestValues(row, later(earlier && asScrape(earlier), before.get(server), row.at)),
    };
  });
  const changed = await client.query<{ server_id: string }>({
    name: 'newest',
    text: NEWEST_SQL,
    values: [newest.map((one) => one.server), newest.map((one) => iso(one.at)), newest.map((one) => one.values)],
  });
  const servers = new Set(changed.rows.map((row) => row.server_id));
  return newest.filter((one) => servers.has(one.server));
}

/** The later one of two scrapes before `at`. */
function later(a: Scrape | undefined, b: Scrape | undefined, at: number): Scrape | undefined {
  return [a, b]
    .filter((scrape) => scrape !== undefined && scrape.at < at)
    .sort((x, y) => (y?.at ?? 0) - (x?.at ?? 0))[0];
}

async function storeSeen(client: PoolClient, reports: readonly ReadReport[]): Promise<void> {
  const seen = new Map<string, number>();
  for (const { entry, newestAt } of reports) {
    if (newestAt !== undefined) seen.set(entry.server, Math.max(newestAt, seen.get(entry.server) ?? 0));
  }
  if (seen.size === 0) return;
  await client.query({ name: 'seen', text: SEEN_SQL, values: [[...seen.keys()], [...seen.values()].map(iso)] });
}

async function storeFacts(client: PoolClient, reports: readonly ReadReport[]): Promise<void> {
  const facts = new Map<string, ReadReport>();
  for (const report of reports) {
    const other = facts.get(report.entry.server);
    if (report.agent !== null && (report.newestAt ?? 0) >= (other?.newestAt ?? 0))
      facts.set(report.entry.server, report);
  }
  if (facts.size === 0) return;
  const values = [[...facts.keys()], [...facts.values()].map((report) => report.agent)];
  await client.query({ name: 'facts', text: FACTS_SQL, values });
}

async function storeDeadLetters(client: PoolClient, reports: readonly ReadReport[]): Promise<number> {
  const letters = reports.flatMap(({ entry, rejected }) => (rejected ? [{ entry, ...rejected }] : []));
  if (letters.length === 0) return 0;
  const values = [
    letters.map(() => randomUUID()),
    letters.map(({ entry }) => entry.id),
    letters.map(({ entry }) => entry.serverId),
    letters.map(({ reason }) => reason),
    letters.map(({ payload }) => payload),
  ];
  return (await client.query({ name: 'dead-letters', text: DEAD_LETTERS_SQL, values })).rowCount ?? 0;
}
