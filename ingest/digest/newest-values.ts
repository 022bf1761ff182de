import { METRIC_COLUMN_NAMES, type MetricValues } from '#common/domain/metric-columns.ts';
import {
  counterRate,
  cpuPercents,
  diskUsedPercent,
  hasRebooted,
  memoryUsedBytes,
} from '#common/domain/metric-rates.ts';
import type { MetricRow } from './read-report.ts';

/** A scrape with its values as numbers. */
export interface Scrape {
  at: number;
  values: MetricValues;
}

/** Rates over a longer stretch say nothing about now. */
const MAX_STRETCH_SECONDS = 600;

export function asScrape(row: MetricRow): Scrape {
  const entries = METRIC_COLUMN_NAMES.map((name, index) => [name, toNumber(row.values[index] ?? null)]);
  return { at: row.at, values: Object.fromEntries(entries) as MetricValues };
}

/**
 * The newest values of a server as JSON text: the columns with exact integers, and what needs two scrapes to be known:
 * `cpu_percent` and the rates in bytes per second.
 */
export function newestValues(row: MetricRow, previous: Scrape | undefined): string {
  const columns = METRIC_COLUMN_NAMES.map((name, index) => `"${name}":${String(row.values[index] ?? null)}`);
  const derived = JSON.stringify(derivedValues(asScrape(row), previous));
  return `{${columns.join(',')},${derived.slice(1)}`;
}

function derivedValues(newest: Scrape, previous: Scrape | undefined): Record<string, number | null> {
  const { values } = newest;
  const seconds = previous ? (newest.at - previous.at) / 1000 : 0;
  const before =
    previous && seconds > 0 && seconds <= MAX_STRETCH_SECONDS && !hasRebooted(previous.values, values, seconds)
      ? previous.values
      : {};
  const used = memoryUsedBytes(values);
  const total = values.memory_total_bytes;
  const rate = (name: keyof MetricValues) => round(counterRate(before[name], values[name], seconds), 1);
  return {
    cpu_percent: round(cpuPercents(before, values)?.busy ?? null, 2),
    memory_used_bytes: used,
    memory_used_percent: used !== null && total ? round((100 * used) / total, 2) : null,
    disk_used_percent: round(diskUsedPercent(values), 2),
    disk_read_bytes_per_second: rate('disk_read_bytes_total'),
    disk_written_bytes_per_second: rate('disk_written_bytes_total'),
    network_receive_bytes_per_second: rate('network_receive_bytes_total'),
    network_transmit_bytes_per_second: rate('network_transmit_bytes_total'),
  };
}

function toNumber(value: number | string | null): number | null {
  return value === null ? null : Number(value);
}

function round(value: number | null, decimals: number): number | null {
  return value === null ? null : Math.round(value * 10 ** decimals) / 10 ** decimals;
}
