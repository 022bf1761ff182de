import type { Pool } from 'pg';
import { cleanText } from './clean-text.ts';
import { isDataFault, isMissingPartition } from './database-faults.ts';
import { ensurePartitions } from './maintain.ts';
import { emptyReport, type ReadReport } from './read-report.ts';
import { storeReports, type StoreResult } from './store-reports.ts';

const NOTHING: StoreResult = {
  metricRows: 0,
  processRows: 0,
  duplicates: 0,
  deadLetters: 0,
  deletedServers: 0,
  published: [],
};

/**
 * Stores a batch. When the database refuses the data, halves it until the report that is to blame is found; that one becomes a
 * dead letter and the others are stored. Throws faults of the database itself; then the batch may be stored in part, and storing
 * it again is harmless.
 */
export async function storeBatch(pool: Pool, reports: readonly ReadReport[]): Promise<StoreResult> {
  if (reports.length === 0) return NOTHING;
  try {
    return await storeReports(pool, reports);
  } catch (error) {
    if (isMissingPartition(error)) {
      if ((await ensurePartitions(pool)) === 0) throw error;
      return await storeBatch(pool, reports);
    }
    if (!isDataFault(error)) throw error;
    const [only] = reports;
    if (reports.length === 1 && only) return await storeReports(pool, [asDeadLetter(only, error)]);
    const middle = Math.ceil(reports.length / 2);
    const first = await storeBatch(pool, reports.slice(0, middle));
    return sum(first, await storeBatch(pool, reports.slice(middle)));
  }
}

function asDeadLetter(report: ReadReport, error: unknown): ReadReport {
  const reason = `the database refused it: ${error instanceof Error ? error.message : 'unknown error'}`;
  return { ...emptyReport(report.entry), rejected: { reason, payload: cleanText(report.entry.payload) } };
}

function sum(a: StoreResult, b: StoreResult): StoreResult {
  return {
    metricRows: a.metricRows + b.metricRows,
    processRows: a.processRows + b.processRows,
    duplicates: a.duplicates + b.duplicates,
    deadLetters: a.deadLetters + b.deadLetters,
    deletedServers: a.deletedServers + b.deletedServers,
    published: [...a.published, ...b.published],
  };
}
