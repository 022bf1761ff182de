import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { METRIC_COLUMN_NAMES } from '#common/domain/metric-columns.ts';
import { STATS, STREAM } from '#ingest/stream/names.ts';
import { until } from '#tests/support/until.ts';
import { post, processSnapshot, reportOf, snapshot } from './ingest-report.ts';
import { startIngestStage, type IngestStage } from './ingest-stage.ts';

describe('a report on its way to the database', () => {
  let stage: IngestStage;
  let url: string;
  beforeAll(async () => {
    stage = await startIngestStage();
    [{ url }] = await Promise.all([stage.startIngest(), stage.startDigest()]);
  }, 180_000);
  afterAll(() => stage.stop());

  const rowsOf = async (server: string) =>
    (
      await stage.pool.query<Record<string, unknown>>(
        'SELECT * FROM admiral.metrics WHERE server_id = $1 ORDER BY "timestamp"',
        [server],
      )
    ).rows;
  const lettersOf = async (serverId: string) =>
    (
      await stage.pool.query<{ reason: string; payload: string }>(
        'SELECT reason, payload FROM admiral.metric_dead_letters WHERE server_id = $1',
        [serverId],
      )
    ).rows;
  const settled = () => until('an empty stream', async () => (await stage.redis.xlen(STREAM)) === 0);

  it('takes what an earlier agent sends: every number, without a token where the server allows it', async () => {
    const server = await stage.addServer({ serverId: 'legacy-host-1', allowReportsWithoutToken: true });
    const at = Date.now() - 5000;
    const body = { node_exporter: [snapshot(at)], process_exporter: [processSnapshot(at, 'nginx')] };
    const answer = await post(url, { serverId: server.serverId }, body, { 'User-Agent': 'nodepulse-agent/2.0' });
    expect(answer).toMatchObject({ status: 200, body: { status: 'queued', server_id: 'legacy-host-1' } });
    expect(answer.body.message_id).toMatch(/^\d+-\d+$/);
    const [row] = await until('a row', async () => {
      const rows = await rowsOf(server.id);
      return rows.length > 0 && rows;
    });
    expect(row?.timestamp).toEqual(new Date(at));
    METRIC_COLUMN_NAMES.forEach((name, index) => {
      expect([name, row?.[name]]).toEqual([name, /nice|irq/.test(name) ? null : equalTo(row?.[name], 1000 + index)]);
    });
    const processes = await stage.pool.query('SELECT * FROM admiral.process_snapshots WHERE server_id = $1', [
      server.id,
    ]);
    expect(processes.rows).toEqual([
      {
        server_id: server.id,
        timestamp: new Date(at),
        name: 'nginx',
        num_procs: 4,
        cpu_seconds_total: 1234.56,
        memory_bytes: '104857600',
      },
    ]);
    const seen = await stage.pool.query<{ last_seen_at: Date }>(
      'SELECT last_seen_at FROM admiral.servers WHERE id = $1',
      [server.id],
    );
    expect(seen.rows[0]?.last_seen_at).toEqual(new Date(at));
  });

  it('keeps a row when values are bad, and whole numbers exact up to 2^63', async () => {
    const server = await stage.addServer();
    const body = JSON.stringify({
      node_exporter: [
        snapshot(Date.now(), {
          processes_running: 3_000_000_000,
          memory_total_bytes: 'many',
          cpu_idle_seconds: -1,
          load_1min: null,
          disk_free_bytes: 8.589934592e9,
          uptime_seconds: 12345.67,
          processes_total: 0.5,
        }),
      ],
    })
      .replace('"network_receive_bytes_total":1024', '"network_receive_bytes_total":9007199254740993')
      .replace('"network_transmit_bytes_total":1025', '"network_transmit_bytes_total":99999999999999999999')
      .replace('"load_5min":1033', '"load_5min":1e999');
    expect(body).toContain('9007199254740993');
    expect((await post(url, server, body)).status).toBe(200);
    const [row] = await until('a row', async () => {
      const rows = await rowsOf(server.id);
      return rows.length > 0 && rows;
    });
    expect(row).toMatchObject({
      processes_running: null,
      memory_total_bytes: null,
      cpu_idle_seconds: null,
      load_1min: null,
      load_5min: null,
      disk_free_bytes: '8589934592',
      uptime_seconds: '12345',
      processes_total: '0',
      network_receive_bytes_total: '9007199254740993',
      network_transmit_bytes_total: null,
      network_receive_packets_total: '1026',
    });
    const newest = await stage.pool.query<{ n: string }>(
      `SELECT "values" ->> 'network_receive_bytes_total' AS n FROM admiral.server_newest WHERE server_id = $1`,
      [server.id],
    );
    expect(newest.rows).toEqual([{ n: '9007199254740993' }]);
    await settled();
    expect(await lettersOf(server.serverId)).toEqual([]);
  });

  it('stores a report once, however often it is sent, and fills a gap with what comes late', async () => {
    const server = await stage.addServer();
    const now = Date.now();
    for (const ago of [0, 60_000, 0, 60_000, 30_000]) {
      expect((await post(url, server, reportOf(now - ago))).status).toBe(200);
    }
    await settled();
    expect((await rowsOf(server.id)).map((row) => row.timestamp)).toEqual(
      [60_000, 30_000, 0].map((ago) => new Date(now - ago)),
    );
    const newest = await stage.pool.query<{ at: Date }>('SELECT at FROM admiral.server_newest WHERE server_id = $1', [
      server.id,
    ]);
    expect(newest.rows).toEqual([{ at: new Date(now) }]);
    const seen = await stage.pool.query<{ at: Date }>('SELECT last_seen_at AS at FROM admiral.servers WHERE id = $1', [
      server.id,
    ]);
    expect(seen.rows).toEqual([{ at: new Date(now) }]);
    expect(await lettersOf(server.serverId)).toEqual([]);
  });

  it('takes reports of a week ago, and writes a dead letter for a clock that is wrong, with the good snapshots stored', async () => {
    const server = await stage.addServer();
    const now = Date.now();
    const day = 86_400_000;
    const body = {
      node_exporter: [
        snapshot(now - 7.4 * day),
        snapshot(now + 2 * day),
        snapshot(now - 8 * day),
        snapshot(now + 3_600_000),
      ],
    };
    expect((await post(url, server, body)).status).toBe(200);
    await settled();
    expect((await rowsOf(server.id)).map((row) => row.timestamp)).toEqual([
      new Date(now - 7.4 * day),
      new Date(now + 3_600_000),
    ]);
    const letters = await lettersOf(server.serverId);
    expect(letters).toHaveLength(1);
    expect(letters[0]?.reason).toMatch(/more than a day ahead.*older than 7\.5 days/);
    const kept = JSON.parse(letters[0]?.payload ?? '') as { node_exporter: unknown[] };
    expect(kept.node_exporter).toHaveLength(2);
    const seen = await stage.pool.query<{ ahead: boolean }>(
      'SELECT last_seen_at > now() AS ahead FROM admiral.servers WHERE id = $1',
      [server.id],
    );
    expect(seen.rows).toEqual([{ ahead: false }]);
  });

  it('publishes the newest values with the CPU percentage of the last stretch', async () => {
    const server = await stage.addServer();
    const listener = new Redis(stage.valkey.options);
    const messages: { at: string; values: Record<string, number> }[] = [];
    try {
      await listener.subscribe(`admiral:metrics:${server.id}`);
      listener.on('message', (_, text: string) => messages.push(JSON.parse(text) as (typeof messages)[number]));
      const now = Date.now();
      const cpu = (idle: number, user: number) => ({
        cpu_idle_seconds: idle,
        cpu_user_seconds: user,
        cpu_iowait_seconds: 0,
        cpu_system_seconds: 0,
        cpu_steal_seconds: 0,
      });
      await post(url, server, { node_exporter: [snapshot(now - 15_000, cpu(1000, 500))] });
      await settled();
      await post(url, server, { node_exporter: [snapshot(now, cpu(1030, 510))] });
      await post(url, server, { node_exporter: [snapshot(now - 3_600_000, cpu(0, 0))] });
      await settled();
      await until('two messages', () => messages.length === 2);
      expect(messages.map(({ at, values }) => [at, values.cpu_percent])).toEqual([
        [new Date(now - 15_000).toISOString(), null],
        [new Date(now).toISOString(), 25],
      ]);
    } finally {
      listener.disconnect();
    }
  });

  it('keeps what the agent says of itself with the facts, and writes it again only when it changes', async () => {
    const server = await stage.addServer();
    await stage.pool.query(`UPDATE admiral.servers SET facts = '{"os":"Debian"}' WHERE id = $1`, [server.id]);
    const factsOf = async () =>
      (
        await stage.pool.query<{ facts: unknown; facts_at: Date }>(
          'SELECT facts, facts_at FROM admiral.servers WHERE id = $1',
          [server.id],
        )
      ).rows[0];
    const agent = { version: '1.0.0', hostname: 'a\u0000b', broken: '\ud800', addresses: ['192.0.2.7'] };
    await post(url, server, gzipSync(JSON.stringify(reportOf(Date.now(), { agent }))), { 'Content-Encoding': 'gzip' });
    await settled();
    const first = await factsOf();
    expect(first?.facts).toEqual({
      os: 'Debian',
      agent: { version: '1.0.0', hostname: 'ab', broken: '\ufffd', addresses: ['192.0.2.7'] },
    });
    await post(url, server, reportOf(Date.now() + 10, { agent }));
    await settled();
    expect((await factsOf())?.facts_at).toEqual(first?.facts_at);
    await post(url, server, reportOf(Date.now() + 20, { agent: { version: '1.0.1' } }));
    await settled();
    expect((await factsOf())?.facts).toEqual({ os: 'Debian', agent: { version: '1.0.1' } });
  });

  it('drops and counts reports of a server that was deleted meanwhile', async () => {
    const server = await stage.addServer();
    await post(url, server, reportOf(Date.now() - 1000));
    await settled();
    const before = Number((await stage.redis.hget(STATS, 'deleted_server_reports')) ?? 0);
    await stage.pool.query('DELETE FROM admiral.servers WHERE id = $1', [server.id]);
    expect((await post(url, server, reportOf(Date.now()))).status).toBe(200);
    await settled();
    await until('a count', async () => Number(await stage.redis.hget(STATS, 'deleted_server_reports')) === before + 1);
    expect(await rowsOf(server.id)).toHaveLength(1);
    await stage.announce(server.serverId);
    await until('a refusal', async () => (await post(url, server, reportOf(Date.now()))).status === 403);
  });

  it('tells how far it is', async () => {
    const stats = await until('gauges', async () => {
      const found = await stage.redis.hgetall(STATS);
      return found.updated_at !== undefined && found;
    });
    expect(stats).toMatchObject({ fault: '' });
    expect(Number(stats.reports)).toBeGreaterThan(0);
    expect(Number(stats.metric_rows)).toBeGreaterThan(0);
  });
});

/** Bigints arrive as text: the same number in the form that the column has. */
function equalTo(value: unknown, expected: number): unknown {
  return typeof value === 'string' ? String(expected) : expected;
}
