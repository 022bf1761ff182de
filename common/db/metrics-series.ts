import type { Pool } from 'pg';
import type { MetricSeries, Range } from '#common/contracts/metrics.ts';
import { METRIC_COLUMN_NAMES, type MetricColumn, type MetricValues } from '#common/domain/metric-columns.ts';
import { metricSeries, type ChartRow } from '#common/domain/metric-series.ts';

interface RangePlan {
  seconds: number;
  /** Width of a point of the chart. */
  stepSeconds: number;
  /** Rows are thinned to one in so many seconds before they leave the database; undefined: every row. */
  thinSeconds?: number;
}

const RANGE_PLANS: Record<Range, RangePlan> = {
  '1h': { seconds: 3600, stepSeconds: 15 },
  '6h': { seconds: 6 * 3600, stepSeconds: 60 },
  '24h': { seconds: 86_400, stepSeconds: 300, thinSeconds: 60 },
  '7d': { seconds: 7 * 86_400, stepSeconds: 1800, thinSeconds: 300 },
};
/** Rows from before the range, so that its first stretch is known. */
const LEAD_SECONDS = 600;

const COUNTER = /^(cpu_(?!cores).*|disk_(read|writ|io_).*|network_.*|uptime_seconds)$/;
const COLUMNS = METRIC_COLUMN_NAMES.filter((name) => name !== 'processes_total');
const GAUGES = COLUMNS.filter((name) => !COUNTER.test(name));
const COUNTERS = COLUMNS.filter((name) => COUNTER.test(name));

const ALL_SQL = `SELECT extract(epoch FROM "timestamp")::float8 * 1000, ${[...COUNTERS, ...GAUGES].map((c) => `${c}::float8`).join(', ')}
  FROM admiral.metrics WHERE server_id = $1 AND "timestamp" >= $2 AND "timestamp" <= $3 ORDER BY "timestamp"`;
// Gauges are averaged; counters, which need no more than their ends, come from the last row of each stretch.
const THINNED_SQL = `SELECT extract(epoch FROM g.at)::float8 * 1000, ${COUNTERS.map((c) => `m.${c}::float8`).join(', ')},
    ${GAUGES.map((c) => `g.${c}`).join(', ')}
  FROM (SELECT max("timestamp") AS at, ${GAUGES.map((c) => `avg(${c})::float8 AS ${c}`).join(', ')}
          FROM admiral.metrics WHERE server_id = $1 AND "timestamp" >= $2 AND "timestamp" <= $3
         GROUP BY floor(extract(epoch FROM "timestamp") / $4::int)) g
  JOIN admiral.metrics m ON m.server_id = $1 AND m."timestamp" = g.at
  ORDER BY g.at`;

/**
 * The charts of one server: one answer in columns, at most about 360 points a series, null where there is a gap. Buckets are
 * aligned to their width, so that a chart does not shiver when it is drawn again.
 * @param serverId the server's UUID
 */
export async function readMetricSeries(
  pool: Pool,
  { serverId, range, now }: { serverId: string; range: Range; now: Date },
): Promise<MetricSeries> {
  const { seconds, stepSeconds, thinSeconds } = RANGE_PLANS[range];
  const stepMs = stepSeconds * 1000;
  const toMs = Math.ceil(now.getTime() / stepMs) * stepMs;
  const fromMs = toMs - seconds * 1000;
  const since = new Date(fromMs - LEAD_SECONDS * 1000);
  const rows = await readRows(pool, serverId, since, new Date(toMs), thinSeconds);
  const count = Math.round((toMs - fromMs) / stepMs);
  return {
    range,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    step: stepSeconds,
    t: Array.from({ length: count }, (_, k) => fromMs + k * stepMs),
    series: metricSeries(rows, { fromMs, stepMs, count }),
  };
}

async function readRows(
  pool: Pool,
  serverId: string,
  since: Date,
  until: Date,
  thinSeconds: number | undefined,
): Promise<ChartRow[]> {
  const columns: MetricColumn[] = [...COUNTERS, ...GAUGES];
  const bounds = [serverId, since.toISOString(), until.toISOString()];
  const query =
    thinSeconds === undefined
      ? { text: ALL_SQL, values: bounds }
      : { text: THINNED_SQL, values: [...bounds, thinSeconds] };
  const { rows } = await pool.query<(number | null)[]>({ ...query, rowMode: 'array' });
  return rows.map((row) => {
    const values: MetricValues = {};
    columns.forEach((name, index) => {
      values[name] = row[index + 1] ?? null;
    });
    return { at: Math.round(row[0] ?? 0), values };
  });
}
