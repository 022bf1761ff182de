import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { startTestApi, startTestParts, TEST_PASSWORD, type TestApi, type TestParts } from '#tests/support/api.ts';
import { until } from '#tests/support/until.ts';

let parts: TestParts;
let api: TestApi;
let token: string;

beforeAll(async () => {
  parts = await startTestParts();
  await parts.temporal.kill();
  await parts.valkey.kill();
  // It starts while both are away.
  api = await startTestApi(parts);
  token = await api.tokenFor('admin');
}, 180_000);
afterAll(async () => {
  await api.stop();
  await parts.stop();
});

const partsOf = async () => {
  const { status, body } = await api.call('GET', '/readyz');
  const ready = Object.fromEntries(
    (body.parts as { name: string; ready: boolean }[]).map((part) => [part.name, part.ready]),
  );
  return { status, ready };
};

describe('with Valkey and Temporal away', () => {
  let deploymentId: string;
  let cancelledId: string;

  it('says so, and goes on with what it can do', async () => {
    const { status, ready } = await partsOf();
    expect([status, ready.postgres, ready.valkey, ready.temporal]).toEqual([503, true, false, false]);
    expect((await api.call('GET', '/healthz')).body).toEqual({ status: 'ok', version: '0.0.0-test' });
    await api.createUser('admin@example.com', 'admin');
    for (let i = 0; i < 10; i += 1) {
      const body = { email: 'guessed@example.com', password: 'wrong' };
      expect((await api.call('POST', '/api/auth/login', { body })).status).toBe(401);
    }
    const body = { email: 'guessed@example.com', password: TEST_PASSWORD };
    expect((await api.call('POST', '/api/auth/login', { body })).status).toBe(429);
    const cookie = await api.signIn('admin@example.com');
    expect((await api.call('GET', '/api/auth/me', { cookie })).status).toBe(200);
  }, 60_000);

  it('takes deployments, and says that the workflow engine is away where it is needed', async () => {
    const server = await api.call('POST', '/api/servers', {
      token,
      body: { hostname: 'h', sshHost: 'local', sshUsername: 'root' },
    });
    const id = server.body.id as string;
    const tested = await api.call('POST', `/api/servers/${id}/test-connection`, { token });
    expect([tested.status, tested.body.code]).toEqual([503, 'temporal_unavailable']);
    const body = { name: 'd', playbook: 'test/slow', serverIds: [id] };
    const created = await api.call('POST', '/api/deployments', { token, body });
    expect([created.status, created.body.state]).toEqual([201, 'queued']);
    deploymentId = created.body.id as string;
    cancelledId = (await api.call('POST', '/api/deployments', { token, body })).body.id as string;
    const cancelled = await api.call('POST', `/api/deployments/${cancelledId}/cancel`, { token });
    expect([cancelled.status, cancelled.body.state]).toEqual([200, 'cancelling']);
    const history = await api.call('GET', `/api/deployments/${deploymentId}/history`, { token });
    expect([history.status, history.body.code]).toEqual([503, 'temporal_unavailable']);
  }, 60_000);

  it('starts and cancels what waited, as soon as Temporal is back', async () => {
    await Promise.all([parts.temporal.restart(), parts.valkey.restart()]);
    const connection = await Connection.connect({ address: parts.temporal.address });
    const { workflow } = new Client({ connection });
    const status = await until(
      'the workflow is started',
      async () =>
        (
          await workflow
            .getHandle(deploymentId)
            .describe()
            .catch(() => undefined)
        )?.status.name,
      40_000,
    );
    expect(status).toBe('RUNNING');
    await connection.close();
    await until(
      'the cancelled one has ended without a workflow',
      async () => (await api.call('GET', `/api/deployments/${cancelledId}`, { token })).body.state === 'cancelled',
      40_000,
    );
    await until('Valkey is seen again', async () => (await partsOf()).ready.valkey, 20_000);
  }, 120_000);
});

describe('with Postgres away', () => {
  it('answers 503 with a sentence, and comes back by itself', async () => {
    await parts.postgres.kill();
    const away = await api.call('GET', '/api/servers', { token });
    expect([away.status, away.body.code]).toEqual([503, 'database_unavailable']);
    expect(away.text).not.toContain('127.0.0.1');
    expect((await partsOf()).ready.postgres).toBe(false);
    await parts.postgres.restart();
    await until(
      'Postgres is seen again',
      async () => (await api.call('GET', '/api/servers', { token })).status === 200,
      30_000,
    );
  }, 90_000);
});
