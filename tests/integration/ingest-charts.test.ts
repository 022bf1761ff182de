import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { MetricSeries, type Range } from '#common/contracts/metrics.ts';
import { readMetricSeries } from '#common/db/metrics-series.ts';
import { createPool } from '#common/db/pool.ts';
import { readTopProcesses } from '#common/db/top-processes.ts';
import { startTestPostgres, type TestPostgres } from '#tests/support/postgres.ts';

describe('charts from the database', () => {
  let postgres: TestPostgres;
  let pool: pg.Pool;
  let server = randomUUID();
  const now = new Date();
  beforeAll(async () => {
    postgres = await startTestPostgres();
    pool = createPool((await postgres.createDatabase()).service);
  }, 180_000);
  beforeEach(() => {
    server = randomUUID();
  });
  afterAll(async () => {
    await pool.end();
    await postgres.stop();
  });

  /** A host with 4 cores, a quarter busy, that receives 1,000 bytes a second; every 15 s for the last `hours`. */
  const fill = (hours: number, everySeconds = 15) =>
    pool.query(
      `INSERT INTO admiral.metrics (server_id, "timestamp", cpu_idle_seconds, cpu_user_seconds, cpu_cores, uptime_seconds,
           memory_total_bytes, memory_available_bytes, network_receive_bytes_total, load_1min)
       SELECT $1, at, 3 * s, s, 4, s, 8e9, 6e9 - (extract(epoch FROM at)::bigint % 2) * 1000, 9007199254740993 + (1000 * s)::bigint, 0.5
         FROM generate_series($2::timestamptz - make_interval(hours => $3), $2, make_interval(secs => $4)) AS at,
              LATERAL (SELECT extract(epoch FROM at) - 1.7e9 AS s) AS clock`,
      [server, now.toISOString(), hours, everySeconds],
    );

  it('gives every range in at most 360 points a series, as the contract has it', async () => {
    await fill(7 * 24);
    for (const range of ['1h', '6h', '24h', '7d'] as Range[]) {
      const answer = MetricSeries.parse(await readMetricSeries(pool, { serverId: server, range, now }));
      expect(answer.t.length).toBeGreaterThanOrEqual(240);
      expect(answer.t.length).toBeLessThanOrEqual(360);
      expect(Date.parse(answer.from)).toBe(answer.t[0]);
      expect(Date.parse(answer.to)).toBe((answer.t.at(-1) ?? 0) + answer.step * 1000);
      expect(Object.values(answer.series).every((values) => values.length === answer.t.length)).toBe(true);
      // The newest bucket may not have begun to be measured.
      const settled = (name: string) => answer.series[name]?.slice(0, -2) ?? [];
      expect(new Set(settled('cpuPercent'))).toEqual(new Set([25]));
      expect(new Set(settled('networkReceiveBytesPerSecond'))).toEqual(new Set([1000]));
      expect(settled('memoryUsedBytes').every((bytes) => bytes !== null && bytes >= 2e9 && bytes <= 2e9 + 1000)).toBe(
        true,
      );
      expect(new Set(settled('diskUsedBytes'))).toEqual(new Set([null]));
    }
  });

  it('shows an outage as a gap and late reports where they belong', async () => {
    await fill(6);
    const outage = `"timestamp" > $2::timestamptz - interval '40 minutes' AND "timestamp" < $2::timestamptz - interval '20 minutes'`;
    const kept = await pool.query<Record<string, unknown>>(
      `DELETE FROM admiral.metrics WHERE server_id = $1 AND ${outage} RETURNING *`,
      [server, now.toISOString()],
    );
    const gaps = async () =>
      (await readMetricSeries(pool, { serverId: server, range: '1h', now })).series.cpuPercent?.filter(
        (v) => v === null,
      ).length ?? 0;
    expect(await gaps()).toBeGreaterThan(75);
    for (const row of kept.rows) {
      await pool.query(
        `INSERT INTO admiral.metrics (server_id, "timestamp", cpu_idle_seconds, cpu_user_seconds) VALUES ($1, $2, $3, $4)`,
        [server, row.timestamp, row.cpu_idle_seconds, row.cpu_user_seconds],
      );
    }
    expect(await gaps()).toBeLessThanOrEqual(2);
  });

  it('is empty, not an error, for a server without reports', async () => {
    const answer = await readMetricSeries(pool, { serverId: server, range: '7d', now });
    expect(new Set(Object.values(answer.series).flat())).toEqual(new Set([null]));
    expect(await readTopProcesses(pool, { serverId: server, by: 'cpu', range: '7d', now })).toEqual([]);
  });

  it('names the processes that used most CPU or memory', async () => {
    await pool.query(
      `INSERT INTO admiral.process_snapshots (server_id, "timestamp", name, num_procs, cpu_seconds_total, memory_bytes)
       SELECT $1, at, 'p' || i, i, i * 0.1 * extract(epoch FROM at - $2::timestamptz + interval '1 day'), (20 - i) * 1000000
         FROM generate_series($2::timestamptz - interval '1 day', $2, interval '15 seconds') AS at, generate_series(1, 12) AS i`,
      [server, now.toISOString()],
    );
    for (const range of ['1h', '6h', '24h', '7d'] as Range[]) {
      const byCpu = await readTopProcesses(pool, { serverId: server, by: 'cpu', range, now });
      expect(byCpu.map(({ name }) => name)).toEqual(['p12', 'p11', 'p10', 'p9', 'p8', 'p7', 'p6', 'p5', 'p4', 'p3']);
      expect(byCpu[0]).toEqual({
        name: 'p12',
        processes: 12,
        cpuPercent: expect.closeTo(120, 1),
        memoryBytes: 8_000_000,
      });
      const byMemory = await readTopProcesses(pool, { serverId: server, by: 'memory', range, now });
      expect(byMemory[0]).toMatchObject({ name: 'p1', memoryBytes: 19_000_000 });
    }
  });
});
