import type { Pool } from 'pg';
import type { DemoLife } from '#common/domain/demo/demo-life.ts';
import { demoProcesses } from '#common/domain/demo/demo-processes.ts';
import { demoValues, isSilent } from '#common/domain/demo/demo-values.ts';
import { PROCESS_STEP_MS } from '#common/domain/demo/plan.ts';
import { METRIC_COLUMN_NAMES, METRIC_COLUMNS } from '#common/domain/metric-columns.ts';

const SQL_TYPES = { double: 'float8', bigint: 'int8', integer: 'int4' } as const;
/** Nothing is inserted for a server that is gone; the lock holds its deletion off until the commit, so that no row is left over. */
const ALIVE = 'WITH alive AS (SELECT id FROM admiral.servers WHERE id = $1 AND is_demo FOR KEY SHARE)';
const METRICS_SQL = `${ALIVE} INSERT INTO admiral.metrics (server_id, "timestamp", ${METRIC_COLUMN_NAMES.join(', ')})
  SELECT alive.id, to_timestamp(given.at / 1000), ${METRIC_COLUMN_NAMES.map((name) => `given.${name}`).join(', ')}
  FROM alive, unnest($2::float8[], ${METRIC_COLUMN_NAMES.map(
    (name, index) => `$${String(index + 3)}::${SQL_TYPES[METRIC_COLUMNS[name]]}[]`,
  ).join(', ')}) AS given (at, ${METRIC_COLUMN_NAMES.join(', ')}) ON CONFLICT DO NOTHING`;
const PROCESSES_SQL = `${ALIVE} INSERT INTO admiral.process_snapshots
    (server_id, "timestamp", name, num_procs, cpu_seconds_total, memory_bytes)
  SELECT alive.id, to_timestamp(given.at / 1000), name, num_procs, cpu_seconds_total, memory_bytes
  FROM alive, unnest($2::float8[], $3::text[], $4::int4[], $5::float8[], $6::int8[])
    AS given (at, name, num_procs, cpu_seconds_total, memory_bytes) ON CONFLICT DO NOTHING`;

/** Inserts one server's history at these instants (epoch ms); rows that are there already stay. */
export async function insertHistory(
  pool: Pool,
  serverId: string,
  life: DemoLife,
  instants: readonly number[],
): Promise<void> {
  const at = instants.filter((instant) => !isSilent(life, instant));
  if (at.length === 0) return;
  const rows = at.map((instant) => demoValues(life, instant));
  const columns = METRIC_COLUMN_NAMES.map((name) => numbers(rows.map((row) => row[name] ?? null)));
  await pool.query({ name: 'demo-metrics', text: METRICS_SQL, values: [serverId, numbers(at), ...columns] });
  const processes = at
    .filter((instant) => instant % PROCESS_STEP_MS < 60_000)
    .flatMap((instant) => demoProcesses(life, instant).map((process) => ({ at: instant, ...process })));
  await pool.query({
    name: 'demo-processes',
    text: PROCESSES_SQL,
    values: [
      serverId,
      numbers(processes.map((row) => row.at)),
      processes.map((row) => row.name),
      numbers(processes.map((row) => row.num_procs)),
      numbers(processes.map((row) => row.cpu_seconds_total)),
      numbers(processes.map((row) => row.memory_bytes)),
    ],
  });
}

/** An array as Postgres reads it. Written here because the driver quotes every single number, which takes longer than the insert. */
function numbers(values: readonly (number | null)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}
