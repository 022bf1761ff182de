import type { Pool } from 'pg';
import type { Range } from '#common/contracts/metrics.ts';
import { processUse, type ProcessSample, type ProcessUse } from '#common/domain/process-use.ts';

/** How long each range is, and how far apart the scrapes are that are looked at. */
const PLANS: Record<Range, { seconds: number; everySeconds: number }> = {
  '1h': { seconds: 3600, everySeconds: 60 },
  '6h': { seconds: 6 * 3600, everySeconds: 300 },
  '24h': { seconds: 86_400, everySeconds: 900 },
  '7d': { seconds: 7 * 86_400, everySeconds: 3600 },
};
const TOP = 10;

// The last scrape of each stretch is found through the primary key; only the rows of those scrapes are read.
const SAMPLES_SQL = `SELECT extract(epoch FROM p."timestamp")::float8 * 1000 AS at, p.name, p.num_procs AS processes,
    p.cpu_seconds_total AS "cpuSeconds", p.memory_bytes::float8 AS "memoryBytes"
  FROM generate_series($2::timestamptz, $3::timestamptz, make_interval(secs => $4)) AS slot (start)
  CROSS JOIN LATERAL (
    SELECT max("timestamp") AS at FROM admiral.process_snapshots
     WHERE server_id = $1 AND "timestamp" >= slot.start AND "timestamp" < slot.start + make_interval(secs => $4)
  ) scrape
  JOIN admiral.process_snapshots p ON p.server_id = $1 AND p."timestamp" = scrape.at
  ORDER BY p."timestamp"`;

/** The ten process groups that used most, over the range. @param serverId the server's UUID */
export async function readTopProcesses(
  pool: Pool,
  { serverId, by, range, now }: { serverId: string; by: 'cpu' | 'memory'; range: Range; now: Date },
): Promise<ProcessUse[]> {
  const { seconds, everySeconds } = PLANS[range];
  const everyMs = everySeconds * 1000;
  const endMs = Math.floor(now.getTime() / everyMs) * everyMs;
  const { rows } = await pool.query<ProcessSample>(SAMPLES_SQL, [
    serverId,
    new Date(endMs - seconds * 1000).toISOString(),
    new Date(endMs).toISOString(),
    everySeconds,
  ]);
  const samples = rows.map((row) => ({ ...row, at: Math.round(row.at) }));
  const value = (use: ProcessUse) => (by === 'cpu' ? use.cpuPercent : use.memoryBytes) ?? -1;
  return processUse(samples, 2.5 * everyMs)
    .sort((a, b) => value(b) - value(a) || (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0) || a.name.localeCompare(b.name))
    .slice(0, TOP);
}
