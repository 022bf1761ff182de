import { METRIC_COLUMN_NAMES, METRIC_COLUMNS } from '#common/domain/metric-columns.ts';
import { cleanJson, cleanText } from './clean-text.ts';
import { parseExactJson } from './exact-json.ts';
import { readTimestamp } from './read-timestamp.ts';
import { readValue } from './read-value.ts';

/** One entry of the stream. */
export interface StreamEntry {
  id: string;
  /** The server's UUID. */
  server: string;
  serverId: string;
  payload: string;
}

export type ColumnValue = number | string | null;

export interface MetricRow {
  /** Scrape time, epoch milliseconds. */
  at: number;
  /** In the order of METRIC_COLUMN_NAMES; whole numbers as digits. */
  values: ColumnValue[];
}

export interface ProcessRow {
  at: number;
  name: string;
  processes: ColumnValue;
  cpuSeconds: ColumnValue;
  memoryBytes: ColumnValue;
}

export interface ReadReport {
  entry: StreamEntry;
  metrics: MetricRow[];
  processes: ProcessRow[];
  /** What the agent says of itself and its host, as JSON text. */
  agent: string | null;
  /** The newest scrape time, epoch milliseconds; undefined without a usable snapshot. */
  newestAt: number | undefined;
  /** Snapshots that could not be used, as a report of their own, and why. */
  rejected: { reason: string; payload: string } | undefined;
}

const MAX_AGENT_BYTES = 64 * 1024;
const MAX_NAME = 255;

/**
 * Reads a report value by value: a bad one becomes null; only a snapshot without a usable time or name is rejected. Never throws:
 * a report that cannot be read at all is rejected whole.
 */
export function readReport(entry: StreamEntry, now: number): ReadReport {
  try {
    return readWithin(entry, now);
  } catch (error) {
    const reason = `the report cannot be read: ${error instanceof Error ? error.message : 'unknown error'}`;
    return { ...emptyReport(entry), rejected: { reason, payload: cleanText(entry.payload) } };
  }
}

/** A report with nothing to store. */
export function emptyReport(entry: StreamEntry): ReadReport {
  return { entry, metrics: [], processes: [], agent: null, newestAt: undefined, rejected: undefined };
}

function readWithin(entry: StreamEntry, now: number): ReadReport {
  const report = emptyReport(entry);
  const body = asObject(parseExactJson(entry.payload));
  const reasons = new Set<string>();
  const rejected: Record<string, unknown[]> = {};
  const each = (key: string, take: (snapshot: Record<string, unknown>, at: number) => string | undefined) => {
    for (const item of asArray(body[key])) {
      const snapshot = isObject(item) ? item : {};
      const time = readTimestamp(snapshot.timestamp, now);
      const reason = 'reason' in time ? time.reason : take(snapshot, time.at);
      if (reason === undefined) {
        if ('at' in time) report.newestAt = Math.max(report.newestAt ?? 0, time.at);
        continue;
      }
      reasons.add(reason);
      (rejected[key] ??= []).push(item);
    }
  };
  each('node_exporter', (snapshot, at) => {
    const values = METRIC_COLUMN_NAMES.map((name) => readValue(snapshot[name], METRIC_COLUMNS[name]));
    report.metrics.push({ at, values });
    return undefined;
  });
  each('process_exporter', (snapshot, at) => {
    const name = typeof snapshot.name === 'string' ? cleanText(snapshot.name.slice(0, MAX_NAME)) : '';
    if (name === '') return 'a process snapshot has no name';
    report.processes.push({
      at,
      name,
      processes: readValue(snapshot.num_procs, 'integer'),
      cpuSeconds: readValue(snapshot.cpu_seconds_total, 'double'),
      memoryBytes: readValue(snapshot.memory_bytes, 'bigint'),
    });
    return undefined;
  });
  report.agent = readAgent(body.agent);
  if (reasons.size > 0) {
    const reason = [...reasons].slice(0, 3).join('; ');
    report.rejected = { reason, payload: JSON.stringify(cleanJson(rejected)) };
  }
  return report;
}

function readAgent(agent: unknown): string | null {
  if (!isObject(agent)) return null;
  const text = JSON.stringify(cleanJson(agent));
  return Buffer.byteLength(text) <= MAX_AGENT_BYTES ? text : null;
}

function asObject(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw new TypeError('it is not a JSON object');
  return value;
}

function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
