import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { STREAM } from '#ingest/stream/names.ts';
import { until } from '#tests/support/until.ts';
import { post, reportOf, snapshot } from './ingest-report.ts';
import { startIngestStage, type IngestStage, type Reporter } from './ingest-stage.ts';

describe('the door of the agents', () => {
  let stage: IngestStage;
  let url: string;
  let server: Reporter;
  beforeAll(async () => {
    stage = await startIngestStage();
    ({ url } = await stage.startIngest());
    server = await stage.addServer();
  }, 180_000);
  afterAll(() => stage.stop());

  const good = () => reportOf(Date.now());

  it('queues a good report and says where', async () => {
    for (const path of ['/ingest/metrics/prometheus', '/ingest/metrics']) {
      const response = await fetch(`${url}${path}?server_id=${server.serverId}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json; charset=utf-8', Authorization: `Bearer ${server.token}` },
        body: JSON.stringify(good()),
      });
      expect(response.status).toBe(200);
      const body = (await response.json()) as Record<string, string>;
      expect(body).toEqual({ status: 'queued', server_id: server.serverId, message_id: expect.any(String) });
      expect(await stage.redis.xrange(STREAM, body.message_id ?? '', body.message_id ?? '')).toHaveLength(1);
    }
  });

  it('refuses ids that are missing, malformed or given twice with 400', async () => {
    for (const id of ['', '-a', 'a-', 'a b', 'a/b', 'ü', '{{x}}', 'a'.repeat(129)]) {
      const answer = await post(url, { serverId: id, token: server.token }, good());
      expect([id, answer.status, typeof answer.body.error]).toEqual([id, 400, 'string']);
    }
    const twice = await fetch(`${url}/ingest/metrics?server_id=a&server_id=b`, { method: 'POST' });
    expect(twice.status).toBe(400);
  });

  it('refuses bodies that are no report with 400 and says why', async () => {
    const bodies: [unknown, RegExp][] = [
      ['{"node_exporter":[', /not valid JSON/],
      ['', /not valid JSON/],
      ['[]', /must be a JSON object/],
      ['null', /must be a JSON object/],
      [{}, /must hold/],
      [{ node_exporter: [], process_exporter: [] }, /must hold/],
      [{ node_exporter: {} }, /node_exporter must be an array/],
      [{ node_exporter: [1] }, /node_exporter\[0\] must be an object/],
      [{ node_exporter: [snapshot(Date.now(), { timestamp: 5 })] }, /node_exporter\[0\]\.timestamp/],
      [{ process_exporter: [{ name: 'x' }] }, /process_exporter\[0\]\.timestamp/],
      [{ node_exporter: Array.from({ length: 501 }, () => snapshot(Date.now())) }, /at most 500/],
      [new Uint8Array([0x7b, 0xff, 0x7d]), /UTF-8/],
    ];
    for (const [body, error] of bodies) {
      const answer = await post(url, server, body);
      expect([answer.status, answer.body.error]).toEqual([400, expect.stringMatching(error)]);
    }
  });

  it('unpacks gzip up to the limit, and refuses broken gzip and other encodings', async () => {
    const packed = gzipSync(JSON.stringify(good()));
    const gzip = { 'Content-Encoding': 'gzip' };
    expect((await post(url, server, packed, gzip)).status).toBe(200);
    expect((await post(url, server, packed.subarray(0, packed.length - 20), gzip)).status).toBe(400);
    expect((await post(url, server, JSON.stringify(good()), gzip)).status).toBe(400);
    expect((await post(url, server, packed, { 'Content-Encoding': 'br' })).status).toBe(415);
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20));
    expect(bomb.length).toBeLessThan(1024 * 1024);
    expect((await post(url, server, bomb, gzip)).status).toBe(413);
  });

  it('refuses a body of 10 MB with 413, however its length is told, and goes on', async () => {
    const large = `{"x":"${'x'.repeat(10 * 1024 * 1024)}"}`;
    expect(await post(url, server, large)).toMatchObject({
      status: 413,
      body: { error: expect.stringContaining('larger than') },
    });
    const chunked = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request(`${url}/ingest/metrics?server_id=${server.serverId}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${server.token}` },
      });
      outgoing.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      outgoing.on('error', reject);
      outgoing.end(large);
    });
    expect(chunked).toBe(413);
    expect((await post(url, server, good())).status).toBe(200);
  });

  it('takes JSON only', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
      expect((await post(url, server, good(), { 'Content-Type': type })).status).toBe(415);
    }
  });

  it('knows its paths and methods', async () => {
    const missing = await fetch(`${url}/ingest/metrics/other`, { method: 'POST', body: 'x' });
    expect([missing.status, await missing.json()]).toEqual([404, { error: expect.any(String) }]);
    const get = await fetch(`${url}/ingest/metrics/prometheus?server_id=${server.serverId}`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const healthz = await fetch(`${url}/ingest/healthz`);
    expect([healthz.status, await healthz.json()]).toEqual([200, { status: 'ok' }]);
    const health = await fetch(`${url}/ingest/metrics/prometheus/health`);
    expect([health.status, await health.json()]).toEqual([
      200,
      { status: 'healthy', stream_pending: await stage.redis.xlen(STREAM), max_backlog: expect.any(Number) },
    ]);
  });

  it('asks for the token of that very server', async () => {
    const other = await stage.addServer();
    const open = await stage.addServer({ allowReportsWithoutToken: true });
    const ask = async (reporter: { serverId: string; token?: string }, headers = {}) => {
      const answer = await post(url, reporter, good(), headers);
      return [answer.status, answer.body.error];
    };
    expect(await ask({ serverId: server.serverId })).toEqual([401, 'token required']);
    expect(await ask({ serverId: server.serverId, token: 'npa_wrong' })).toEqual([401, 'token invalid']);
    expect(await ask({ serverId: server.serverId, token: other.token })).toEqual([401, 'token invalid']);
    expect(await ask({ serverId: server.serverId }, { Authorization: 'Basic eDp5' })).toEqual([401, 'token invalid']);
    expect(await ask({ serverId: open.serverId })).toEqual([200, undefined]);
    expect(await ask({ serverId: open.serverId, token: other.token })).toEqual([401, 'token invalid']);
    expect(await ask({ serverId: 'nobody', token: server.token })).toEqual([403, 'unknown server_id']);
  });

  it('takes reports without a token from every known server when the setting says so', async () => {
    const lax = await stage.startIngest({ ADMIRAL_ACCEPT_REPORTS_WITHOUT_TOKEN: '1' });
    expect((await post(lax.url, { serverId: server.serverId }, good())).status).toBe(200);
    expect((await post(lax.url, { serverId: 'nobody' }, good())).status).toBe(403);
    await lax.end('SIGTERM');
  });

  it('knows a server at once after it was added, and does not after it was deleted', async () => {
    const serverId = 'added-later';
    expect((await post(url, { serverId }, good())).status).toBe(403);
    const added = await stage.addServer({ serverId });
    expect((await post(url, added, good())).status).toBe(403); // remembered as unknown, until it is announced
    await stage.announce(serverId);
    await until('the added server', async () => (await post(url, added, good())).status === 200, 3000);
    await stage.pool.query('DELETE FROM admiral.servers WHERE id = $1', [added.id]);
    await stage.announce(serverId);
    await until('the refusal', async () => (await post(url, added, good())).status === 403, 3000);
  });

  it('takes a rotated token at once and the old one no longer', async () => {
    const rotated = await stage.addServer();
    const fresh = await stage.addServer();
    expect((await post(url, rotated, good())).status).toBe(200);
    await stage.pool.query('UPDATE admiral.server_agent_tokens SET revoked_at = now() WHERE server_id = $1', [
      rotated.id,
    ]);
    await stage.pool.query('UPDATE admiral.server_agent_tokens SET server_id = $1 WHERE server_id = $2', [
      rotated.id,
      fresh.id,
    ]);
    await stage.announce('*');
    await until('the old token refused', async () => (await post(url, rotated, good())).status === 401, 3000);
    expect((await post(url, { ...rotated, token: fresh.token }, good())).status).toBe(200);
  });

  it('slows an address down that asks for one unknown id after the other, but no server that is known', async () => {
    const from = (address: string) => ({ 'X-Admiral-Proxy': stage.proxySecret, 'X-Forwarded-For': address });
    await post(url, server, good());
    let limited: Awaited<ReturnType<typeof post>> | undefined;
    for (let i = 0; i < 200 && limited === undefined; i += 1) {
      const answer = await post(url, { serverId: `stranger-${String(i)}` }, good(), from('192.0.2.66'));
      if (answer.status === 429) limited = answer;
      else expect(answer.status).toBe(403);
    }
    expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await post(url, server, good(), from('192.0.2.66'))).status).toBe(200);
    expect((await post(url, { serverId: 'stranger-x' }, good(), from('192.0.2.67'))).status).toBe(403);
    const forged = { 'X-Admiral-Proxy': 'wrong', 'X-Forwarded-For': '192.0.2.66' };
    expect((await post(url, { serverId: 'stranger-y' }, good(), forged)).status).toBe(403);
  });

  it('answers 503 with Retry-After while the stream is away, and takes reports again when it is back', async () => {
    await post(url, server, good());
    await stage.valkey.kill();
    const answer = await until('503', async () => {
      const given = await post(url, server, good());
      return given.status === 503 && given;
    });
    expect(answer.headers.get('retry-after')).toBe('10');
    const health = await fetch(`${url}/ingest/metrics/prometheus/health`);
    expect([health.status, await health.json()]).toEqual([503, expect.objectContaining({ status: 'degraded' })]);
    await stage.valkey.restart();
    await until('200', async () => (await post(url, server, good())).status === 200);
  });

  it('takes reports of servers it knows while Postgres is away, and says 503 for others', async () => {
    const known = await stage.addServer();
    const never = await stage.addServer();
    expect((await post(url, known, good())).status).toBe(200);
    await stage.postgres.kill();
    expect((await post(url, known, good())).status).toBe(200);
    expect((await post(url, never, good())).status).toBe(503);
    // Nor does a new process forget: what was known before stands in Valkey.
    const second = await stage.startIngest();
    expect((await post(second.url, known, good())).status).toBe(200);
    await stage.postgres.restart();
    await until('200', async () => (await post(url, never, good())).status === 200);
    await second.end('SIGTERM');
  });
});

describe('a full stream', () => {
  it('refuses with Retry-After, and loses nothing that was accepted', async () => {
    const stage = await startIngestStage();
    try {
      const { url } = await stage.startIngest();
      const server = await stage.addServer();
      await stage.redis.config('SET', 'maxmemory', '8mb');
      let accepted = 0;
      const large = reportOf(Date.now(), { padding: 'x'.repeat(200_000) });
      const full = await until('a refusal', async () => {
        const answer = await post(url, server, large);
        if (answer.status === 200) accepted += 1;
        return answer.status !== 200 && answer;
      });
      expect([full.status, full.headers.get('retry-after')]).toEqual([503, '30']);
      expect(full.body.error).toBe('the stream is full');
      expect(accepted).toBeGreaterThan(5);
      expect(await stage.redis.xlen(STREAM)).toBe(accepted);
      await stage.redis.config('SET', 'maxmemory', '0');
      expect((await post(url, server, large)).status).toBe(200);
    } finally {
      await stage.stop();
    }
  }, 60_000);
});
