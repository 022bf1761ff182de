import { BucketMean, connectedStretches, type Buckets } from './metric-buckets.ts';
import type { MetricColumn, MetricValues } from './metric-columns.ts';
import {
  counterRate,
  cpuPercents,
  diskUsedBytes,
  diskUsedPercent,
  hasRebooted,
  memoryUsedBytes,
} from './metric-rates.ts';

/** A scrape as charts need it. */
export interface ChartRow {
  /** Epoch milliseconds. */
  at: number;
  values: MetricValues;
}

/** What one scrape says by itself. */
const GAUGES = {
  memoryTotalBytes: { decimals: 0, of: (v) => positive(v.memory_total_bytes) },
  memoryUsedBytes: { decimals: 0, of: memoryUsedBytes },
  memoryAvailableBytes: { decimals: 0, of: (v) => ifKnown(v.memory_total_bytes, v.memory_available_bytes) },
  memoryCachedBytes: { decimals: 0, of: (v) => ifKnown(v.memory_total_bytes, v.memory_cached_bytes) },
  memoryBuffersBytes: { decimals: 0, of: (v) => ifKnown(v.memory_total_bytes, v.memory_buffers_bytes) },
  swapTotalBytes: { decimals: 0, of: (v) => v.swap_total_bytes ?? null },
  swapUsedBytes: { decimals: 0, of: (v) => difference(v.swap_total_bytes, v.swap_free_bytes) },
  diskTotalBytes: { decimals: 0, of: (v) => positive(v.disk_total_bytes) },
  diskUsedBytes: { decimals: 0, of: diskUsedBytes },
  diskAvailableBytes: { decimals: 0, of: (v) => ifKnown(v.disk_total_bytes, v.disk_available_bytes) },
  diskUsedPercent: { decimals: 2, of: diskUsedPercent },
  load1: { decimals: 2, of: (v) => v.load_1min ?? null },
  load5: { decimals: 2, of: (v) => v.load_5min ?? null },
  load15: { decimals: 2, of: (v) => v.load_15min ?? null },
  processesRunning: { decimals: 1, of: (v) => v.processes_running ?? null },
  processesBlocked: { decimals: 1, of: (v) => v.processes_blocked ?? null },
  uptimeSeconds: { decimals: 0, of: (v) => positive(v.uptime_seconds) },
} as const satisfies Record<string, { decimals: number; of: (values: MetricValues) => number | null }>;

/** Growth per second of a counter. */
const RATES = {
  diskReadBytesPerSecond: 'disk_read_bytes_total',
  diskWrittenBytesPerSecond: 'disk_written_bytes_total',
  diskReadsPerSecond: 'disk_reads_completed_total',
  diskWritesPerSecond: 'disk_writes_completed_total',
  networkReceiveBytesPerSecond: 'network_receive_bytes_total',
  networkTransmitBytesPerSecond: 'network_transmit_bytes_total',
  networkReceivePacketsPerSecond: 'network_receive_packets_total',
  networkTransmitPacketsPerSecond: 'network_transmit_packets_total',
  networkReceiveErrorsPerSecond: 'network_receive_errs_total',
  networkTransmitErrorsPerSecond: 'network_transmit_errs_total',
  networkReceiveDropsPerSecond: 'network_receive_drop_total',
  networkTransmitDropsPerSecond: 'network_transmit_drop_total',
} as const satisfies Record<string, MetricColumn>;

const CPU = {
  cpuPercent: 'busy',
  cpuUserPercent: 'user',
  cpuSystemPercent: 'system',
  cpuIowaitPercent: 'iowait',
  cpuStealPercent: 'steal',
} as const;

export type SeriesName = keyof typeof GAUGES | keyof typeof RATES | keyof typeof CPU | 'diskBusyPercent';
export type SeriesValues = Record<SeriesName, (number | null)[]>;

/**
 * Charts of the rows, averaged over time into buckets. Between scrapes that are connected gauges run in a line and rates are
 * constant; gaps, reboots and counters that went back stay empty.
 * @param rows ascending in time; the one before the first bucket belongs to it, for its rates
 */
export function metricSeries(rows: readonly ChartRow[], buckets: Buckets): SeriesValues {
  const connected = connectedStretches(rows.map((row) => row.at));
  const pairs = rows.flatMap((after, index) => {
    const before = rows[index - 1];
    return before && connected[index] ? [{ before, after, seconds: (after.at - before.at) / 1000 }] : [];
  });
  const steady = pairs.filter(({ before, after, seconds }) => !hasRebooted(before.values, after.values, seconds));
  const series: Partial<SeriesValues> = {};
  for (const [name, { decimals, of }] of Object.entries(GAUGES) as [keyof typeof GAUGES, Gauge][]) {
    series[name] = gauge(rows, connected, buckets, of).means(decimals);
  }
  const rate = (of: (pair: (typeof pairs)[number]) => number | null, decimals: number) => {
    const mean = new BucketMean(buckets);
    for (const pair of steady) {
      const value = of(pair);
      if (value !== null) mean.addStretch(pair.before.at, pair.after.at, value, value);
    }
    return mean.means(decimals);
  };
  for (const [name, column] of Object.entries(RATES) as [keyof typeof RATES, MetricColumn][]) {
    series[name] = rate((p) => counterRate(p.before.values[column], p.after.values[column], p.seconds), 2);
  }
  const shares = new Map(steady.map((pair) => [pair, cpuPercents(pair.before.values, pair.after.values)]));
  for (const [name, share] of Object.entries(CPU) as [keyof typeof CPU, (typeof CPU)[keyof typeof CPU]][]) {
    series[name] = rate((pair) => shares.get(pair)?.[share] ?? null, 2);
  }
  series.diskBusyPercent = rate(({ before, after, seconds }) => {
    const busy = counterRate(
      before.values.disk_io_time_seconds_total,
      after.values.disk_io_time_seconds_total,
      seconds,
    );
    return busy === null ? null : Math.min(100, 100 * busy);
  }, 2);
  return series as SeriesValues;
}

type Gauge = { decimals: number; of: (values: MetricValues) => number | null };

function gauge(
  rows: readonly ChartRow[],
  connected: readonly boolean[],
  buckets: Buckets,
  of: Gauge['of'],
): BucketMean {
  const mean = new BucketMean(buckets);
  let before: { at: number; value: number | null } | undefined;
  rows.forEach((row, index) => {
    const value = of(row.values);
    if (value !== null) {
      mean.addPoint(row.at, value);
      if (connected[index] && before && before.value !== null) mean.addStretch(before.at, row.at, before.value, value);
    }
    before = { at: row.at, value };
  });
  return mean;
}

/** Older agents send zero for unknown. */
function positive(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && value > 0 ? value : null;
}

/** A part of a whole is known only where the whole is. */
function ifKnown(whole: number | null | undefined, part: number | null | undefined): number | null {
  return positive(whole) === null ? null : (part ?? null);
}

function difference(total: number | null | undefined, part: number | null | undefined): number | null {
  if (total === null || total === undefined || part === null || part === undefined) return null;
  return Math.max(0, total - part);
}
