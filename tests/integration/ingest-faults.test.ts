import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { GROUP, STATS, STREAM } from '#ingest/stream/names.ts';
import type { PartProcess } from '#tests/support/part-process.ts';
import { until } from '#tests/support/until.ts';
import { post, processSnapshot, reportOf, snapshot } from './ingest-report.ts';
import { startIngestStage, type IngestStage, type Reporter } from './ingest-stage.ts';

describe('when parts are killed or away', () => {
  let stage: IngestStage;
  let digests: PartProcess[] = [];
  let url: string;
  beforeAll(async () => {
    stage = await startIngestStage();
    ({ url } = await stage.startIngest());
  }, 180_000);
  afterEach(async () => {
    await Promise.all(digests.map((digest) => digest.end('SIGKILL')));
    digests = [];
    await stage.redis.del(STREAM, STATS);
  });
  afterAll(() => stage.stop());

  const startDigest = async () => {
    const digest = await stage.startDigest();
    digests.push(digest);
    return digest;
  };
  const rowsOf = async (servers: Reporter[]) => {
    const { rows } = await stage.pool.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM admiral.metrics WHERE server_id = ANY($1::uuid[])',
      [servers.map((server) => server.id)],
    );
    return rows[0]?.n ?? 0;
  };
  const lettersOf = async () =>
    (await stage.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM admiral.metric_dead_letters')).rows[0]?.n ??
    0;
  const settled = (timeoutMs = 20_000) =>
    until('an empty stream', async () => (await stage.redis.xlen(STREAM)) === 0, timeoutMs);

  /** Sends reports from many servers until told to end; returns the scrape times that were accepted, by server. */
  const load = (url: () => string, servers: Reporter[]) => {
    let isOn = true;
    const accepted = new Set<string>();
    const base = Date.now() - 3_600_000;
    const senders = servers.map(async (server) => {
      for (let i = 0; isOn; i += 1) {
        const at = base + i * 100;
        const status = await post(url(), server, reportOf(at)).then(
          (answer) => answer.status,
          () => 0,
        );
        if (status === 200) accepted.add(`${server.id} ${new Date(at).toISOString()}`);
        else await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    return {
      accepted,
      end: async () => {
        isOn = false;
        await Promise.all(senders);
        return accepted;
      },
    };
  };
  const storedOf = async (servers: Reporter[]) => {
    const { rows } = await stage.pool.query<{ server_id: string; timestamp: Date }>(
      'SELECT server_id, "timestamp" FROM admiral.metrics WHERE server_id = ANY($1::uuid[])',
      [servers.map((server) => server.id)],
    );
    return rows.map((row) => `${row.server_id} ${row.timestamp.toISOString()}`);
  };

  it('has every accepted report once, through kill -9 of ingest, digest, Valkey and Postgres under load', async () => {
    const servers = await Promise.all(Array.from({ length: 8 }, () => stage.addServer()));
    let ingest = await stage.startIngest();
    let digest = await startDigest();
    const sending = load(() => ingest.url, servers);
    const grown = (by: number) => {
      const from = sending.accepted.size;
      return until('reports', () => sending.accepted.size > from + by, 30_000);
    };
    await grown(50);
    await digest.end('SIGKILL');
    await grown(50);
    digest = await startDigest();
    await grown(20);
    await ingest.end('SIGKILL');
    ingest = await stage.startIngest();
    await grown(50);
    await stage.valkey.kill();
    await stage.valkey.restart();
    await grown(50);
    await stage.postgres.kill();
    await grown(20);
    await stage.postgres.restart();
    await digest.end('SIGKILL');
    digest = await startDigest();
    await grown(20);
    const accepted = await sending.end();
    await ingest.end('SIGTERM');
    await settled(60_000); // entries of the killed digests are claimed after 30 s
    const stored = await storedOf(servers);
    expect(new Set(stored).size).toBe(stored.length);
    expect([...accepted].filter((key) => !stored.includes(key))).toEqual([]);
    expect(await lettersOf()).toBe(0);
  }, 180_000);

  it('stores once what a digest committed and was killed before it could acknowledge it', async () => {
    const server = await stage.addServer();
    const now = Date.now();
    for (let i = 0; i < 20; i += 1) await post(url, server, reportOf(now - i * 1000));
    // A consumer that took the entries, committed the rows of three of them, and is gone.
    await stage.redis.xgroup('CREATE', STREAM, GROUP, '0').catch(() => undefined);
    await stage.redis.xreadgroup('GROUP', GROUP, 'gone', 'COUNT', 20, 'STREAMS', STREAM, '>');
    await stage.pool.query(
      `INSERT INTO admiral.metrics (server_id, "timestamp") SELECT $1, unnest($2::timestamptz[])`,
      [server.id, [0, 1000, 19_000].map((ago) => new Date(now - ago))],
    );
    const pending = await stage.redis.xpending(STREAM, GROUP);
    expect(pending[0]).toBe(20);
    // As if it were idle for long: 30 s are not waited for.
    const ids = (await stage.redis.xrange(STREAM, '-', '+')).map(([id]) => id);
    await stage.redis.call('XCLAIM', STREAM, GROUP, 'gone', '0', ...ids, 'IDLE', '60000', 'JUSTID');
    await startDigest();
    await settled();
    expect(await rowsOf([server])).toBe(20);
  });

  it('loses nothing and makes no dead letters while Postgres is down, and says so', async () => {
    const server = await stage.addServer();
    await startDigest();
    const first = Date.now();
    expect((await post(url, server, reportOf(first - 1000))).status).toBe(200);
    await settled();
    await stage.postgres.kill();
    for (let i = 0; i < 30; i += 1) {
      expect((await post(url, server, reportOf(first + i))).status).toBe(200);
    }
    await until('the fault', async () => (await stage.redis.hget(STATS, 'fault')) !== '');
    expect(await stage.redis.xlen(STREAM)).toBe(30);
    await stage.postgres.restart();
    await settled();
    expect(await rowsOf([server])).toBe(31);
    expect(await lettersOf()).toBe(0);
    await until('no fault', async () => (await stage.redis.hget(STATS, 'fault')) === '');
  }, 60_000);

  it('goes on after the stream and its group were lost', async () => {
    const server = await stage.addServer();
    await startDigest();
    expect((await post(url, server, reportOf(Date.now()))).status).toBe(200);
    await settled();
    await stage.redis.del(STREAM);
    expect((await post(url, server, reportOf(Date.now() + 1))).status).toBe(200);
    await settled();
    expect(await rowsOf([server])).toBe(2);
  });

  it('finds the report that the database refuses, keeps it as a dead letter, and stores the others', async () => {
    const [poison, ...others] = await Promise.all(Array.from({ length: 9 }, () => stage.addServer()));
    if (!poison) throw new Error('no server');
    await stage.pool.query(`ALTER TABLE admiral.metrics ADD CONSTRAINT no_666 CHECK (cpu_cores <> 666)`);
    const now = Date.now();
    for (const server of others) await post(url, server, reportOf(now));
    await post(url, poison, { node_exporter: [snapshot(now, { cpu_cores: 666 })] });
    for (const server of others) await post(url, server, reportOf(now + 1));
    await startDigest();
    await settled();
    await stage.pool.query('ALTER TABLE admiral.metrics DROP CONSTRAINT no_666');
    expect(await rowsOf(others)).toBe(16);
    expect(await rowsOf([poison])).toBe(0);
    const { rows } = await stage.pool.query<{ server_id: string; reason: string; payload: string }>(
      'DELETE FROM admiral.metric_dead_letters RETURNING server_id, reason, payload',
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ server_id: poison.serverId, reason: expect.stringContaining('no_666') });
    expect(JSON.parse(rows[0]?.payload ?? '')).toMatchObject({ node_exporter: [{ cpu_cores: 666 }] });
  });

  it('survives names and texts that Postgres cannot hold, and reports that are nested without end', async () => {
    const server = await stage.addServer();
    const at = Date.now();
    await post(url, server, {
      node_exporter: [snapshot(at)],
      process_exporter: [
        processSnapshot(at, 'a\u0000b'),
        processSnapshot(at, '\ud800'),
        processSnapshot(at, 'ü'.repeat(400)),
        processSnapshot(at, '{"a",\\ NULL}'),
        processSnapshot(at, ''),
      ],
    });
    await post(url, server, `{"node_exporter":[],"agent":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`);
    await startDigest();
    await settled();
    const { rows } = await stage.pool.query<{ name: string }>(
      'SELECT name FROM admiral.process_snapshots WHERE server_id = $1 ORDER BY name',
      [server.id],
    );
    expect(rows.map((row) => row.name).sort()).toEqual(['ab', '\ufffd', 'ü'.repeat(255), '{"a",\\ NULL}'].sort());
    const letters = await stage.pool.query<{ reason: string }>(
      'DELETE FROM admiral.metric_dead_letters RETURNING reason',
    );
    expect(letters.rows.map((row) => row.reason).sort()).toEqual([
      'a process snapshot has no name',
      expect.stringContaining('cannot be read'),
    ]);
  });

  it('shares the stream between several digests and ends cleanly, leaving no consumer behind', async () => {
    const servers = await Promise.all(Array.from({ length: 4 }, () => stage.addServer()));
    await Promise.all([startDigest(), startDigest()]);
    const base = Date.now();
    await Promise.all(
      servers.map(async (server) => {
        for (let i = 0; i < 50; i += 1) await post(url, server, reportOf(base - i * 1000));
      }),
    );
    await settled();
    expect(await rowsOf(servers)).toBe(200);
    expect(await Promise.all(digests.map((digest) => digest.end('SIGTERM')))).toEqual([0, 0]);
    expect(await stage.redis.xinfo('CONSUMERS', STREAM, GROUP)).toEqual([]);
  });

  it('makes partitions ahead and drops old ones', async () => {
    const names = async () =>
      (
        await stage.pool.query<{ day: string }>(
          `SELECT right(inhrelid::regclass::text, 8) AS day FROM pg_inherits
            WHERE inhparent = 'admiral.metrics'::regclass ORDER BY 1`,
        )
      ).rows.map((row) => row.day);
    const day = (ahead: number) =>
      new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
    for (const name of await names()) {
      if (name > day(0)) await stage.pool.query(`DROP TABLE admiral.metrics_${name}`);
    }
    await stage.pool.query(
      `CREATE TABLE admiral.metrics_20200101 PARTITION OF admiral.metrics
         FOR VALUES FROM ('2020-01-01 00:00:00+00') TO ('2020-01-02 00:00:00+00')`,
    );
    await startDigest();
    await until('the old day gone', async () => !(await names()).includes('20200101'));
    expect(await names()).toEqual(expect.arrayContaining([day(-7), day(0), day(1), day(2)]));
    // One that vanishes later is made when a row needs it.
    await stage.pool.query(`DROP TABLE admiral.metrics_${day(1)}`);
    const server = await stage.addServer();
    await post(url, server, reportOf(Date.now() + 23 * 3_600_000));
    await settled();
    expect(await rowsOf([server])).toBe(1);
  });

  it('forgets its connection to a Valkey that does not answer', async () => {
    const digest = await startDigest();
    const reader = new Redis(stage.valkey.options);
    try {
      const server = await stage.addServer();
      await reader.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await until('200', async () => (await post(url, server, reportOf(Date.now()))).status === 200);
      await settled();
      expect(await rowsOf([server])).toBeGreaterThan(0);
      expect(await digest.end('SIGTERM')).toBe(0);
    } finally {
      reader.disconnect();
    }
  });
});
