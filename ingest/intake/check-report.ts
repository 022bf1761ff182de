import { Refusal } from './refusal.ts';

/** More snapshots than an agent ever puts into one report. */
const MAX_SNAPSHOTS = 500;
const MAX_PROCESS_SNAPSHOTS = 20_000;

/**
 * Looks whether the text is a report at all: JSON, an object, `node_exporter` and `process_exporter` arrays of objects with a
 * timestamp text. Single values are not judged here: digest drops a bad value, never the whole row.
 */
export function checkReport(text: string): void {
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'the body is not valid JSON');
  }
  if (!isObject(report)) throw new Refusal(400, 'the body must be a JSON object');
  const nodes = checkSnapshots(report, 'node_exporter', MAX_SNAPSHOTS);
  const processes = checkSnapshots(report, 'process_exporter', MAX_PROCESS_SNAPSHOTS);
  const agent = report.agent ?? undefined;
  if (agent !== undefined && !isObject(agent)) throw new Refusal(400, 'agent must be an object');
  if (nodes + processes === 0 && agent === undefined) {
    throw new Refusal(400, 'the body must hold node_exporter or process_exporter with at least one snapshot');
  }
}

function checkSnapshots(report: Record<string, unknown>, key: string, max: number): number {
  const snapshots = report[key] ?? [];
  if (!Array.isArray(snapshots)) throw new Refusal(400, `${key} must be an array`);
  if (snapshots.length > max) throw new Refusal(400, `${key} must hold at most ${String(max)} snapshots`);
  snapshots.forEach((snapshot: unknown, index) => {
    if (!isObject(snapshot)) throw new Refusal(400, `${key}[${String(index)}] must be an object`);
    if (typeof snapshot.timestamp !== 'string') {
      throw new Refusal(400, `${key}[${String(index)}].timestamp must be a time such as 2025-10-30T19:29:49Z`);
    }
  });
  return snapshots.length;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
