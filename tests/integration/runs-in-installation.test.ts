import { readFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, type WorkflowFailedError } from '@temporalio/client';
import pg from 'pg';
import { processesWithVariable } from '#activities/ansible/processes.ts';
import { DEPLOY_FLEET } from '#workflows/deploy-fleet/messages.ts';
import { connectionTestWorkflowId, TEST_CONNECTION } from '#workflows/test-connection/messages.ts';
import { WORKFLOW_QUEUE } from '#workflows/task-queues.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { LOCAL_TARGETS, localDeployments, type LocalDeployments } from '../support/local-deployments.ts';
import { until } from '../support/until.ts';
import { processesWithArgument } from './run-harness.ts';

const TASKS = ['Sleep for the first time', 'Sleep for the second time'] as const;

/** Runs of a whole installation whose parts die, are stopped and start again around them. */
describe('a run in an installation', () => {
  let admiral: TestInstallation;
  let runs: LocalDeployments;
  let servers: string[];
  let folder: string;

  const start = async (home?: string) => {
    admiral = await startInstallation({ env: LOCAL_TARGETS, ...(home !== undefined && { home }) });
    runs = localDeployments(admiral);
  };
  const portOf = async (part: 'postgres' | 'temporal') => {
    const found = (await admiral.status()).parts.find(({ name }) => name === part);
    return found!.ports[part]!;
  };
  const database = async () => {
    const password = readFileSync(join(admiral.home, 'secrets', 'database-service'), 'utf8').trim();
    const port = await portOf('postgres');
    const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'admiral_service', password, database: 'admiral' });
    pool.on('error', () => undefined);
    return pool;
  };
  /** How often the middle task of `test/slow` really ran, host by host. */
  const traces = (ids: string[]) =>
    Promise.all(
      ids.map(async (id) => (await readFile(join(folder, `trace-${id}`), 'utf8')).split('\n').filter(Boolean).length),
    );
  /** Each host ran each task once, says the event stream, and no sequence number is missing or doubled. */
  const expectWholeEvents = async (id: string, hosts: number) => {
    const pool = await database();
    const { rows } = await pool.query<{
      sequence: string;
      kind: string;
      server_id: string | null;
      task: string | null;
    }>(
      'SELECT sequence, kind, server_id, task FROM admiral.deployment_events WHERE deployment_id = $1 ORDER BY sequence',
      [id],
    );
    await pool.end();
    expect(rows.map((row) => Number(row.sequence))).toEqual(rows.map((_row, index) => index + 1));
    const results = rows.filter((row) => row.server_id !== null && ['ok', 'changed'].includes(row.kind));
    const keys = results.map((row) => `${row.server_id ?? ''} ${row.task ?? ''}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBe(5 * hosts);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'admiral-traces-'));
    await start();
    servers = await runs.addServers(4);
  }, 600_000);

  afterAll(() => admiral.stop({ remove: true }), 60_000);

  it('survives kill -9 of every part in turn, and no accepted report is lost or doubled', async () => {
    const { body } = await admiral.apiRequest<{ token: string }>('POST', `/api/servers/${servers[0]!}/agent-token`);
    const accepted: string[] = [];
    const sending = { on: true };
    const sender = (async () => {
      for (let second = 0; sending.on; second += 1) {
        const timestamp = new Date(Date.now() - 3_600_000 + second * 1000).toISOString();
        const answer = await fetch(`${admiral.url}/ingest/metrics/prometheus?server_id=${servers[0]!}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${body.token}` },
          body: JSON.stringify({ node_exporter: [{ timestamp, load_1min: second, memory_total_bytes: 1 }] }),
          signal: AbortSignal.timeout(10_000),
        }).catch(() => undefined);
        if (answer?.status === 200) accepted.push(timestamp);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    const id = await runs.create('test/slow', servers, { seconds: 20, folder });
    await runs.waitForTask(id, TASKS[0]);
    for (const part of [
      'api',
      'postgres',
      'valkey',
      'temporal',
      'ingest',
      'digest',
      'workflow-worker',
      'ansible-worker',
    ]) {
      await admiral.killPart(part);
    }
    const deployment = await runs.waitForEnd(id, 240_000);
    sending.on = false;
    await sender;
    expect(deployment.hosts.map((host) => [host.state, host.reason])).toEqual(servers.map(() => ['changed', null]));
    expect(await traces(servers)).toEqual([1, 1, 1, 1]);
    await expectWholeEvents(id, 4);
    expect(accepted.length).toBeGreaterThan(50);
    const pool = await database();
    await until(
      'every accepted report is in the database, once',
      async () => {
        const found = await pool.query<{ n: number }>(
          'SELECT count(*)::int AS n FROM admiral.metrics WHERE server_id = $1 AND "timestamp" = ANY($2::timestamptz[])',
          [servers[0], accepted],
        );
        return found.rows[0]?.n === accepted.length;
      },
      60_000,
    );
    const dead = await pool.query('SELECT 1 FROM admiral.metric_dead_letters');
    expect(dead.rowCount).toBe(0);
    await pool.end();
  }, 480_000);

  it('is cancelled within 5 s, whatever its tasks do to stay', async () => {
    const id = await runs.create('test/stubborn', servers.slice(0, 2), { marker: 'admiral-cancelled-here' });
    await runs.waitForTask(id, 'Stay in the foreground and be deaf');
    await until(
      'all that want to stay are there',
      async () => (await processesWithArgument('admiral-cancelled-here')).length >= 6,
      30_000,
    );
    const asked = Date.now();
    const answer = await admiral.apiRequest('POST', `/api/deployments/${id}/cancel`);
    expect(answer.status).toBeLessThan(300);
    await until(
      'no process of the run is left',
      async () =>
        (await processesWithArgument('admiral-cancelled-here')).length === 0 && (await runProcesses(id)).length === 0,
      5000 - (Date.now() - asked),
    );
    const deployment = await runs.waitForEnd(id, 10_000);
    expect(deployment.state).toBe('cancelled');
    expect(deployment.hosts.map((host) => host.state)).toEqual(['unknown', 'unknown']);
  }, 120_000);

  it('goes on untouched when its worker is restarted, and when the whole installation is', async () => {
    const hosts = servers.slice(0, 2);
    const before = await traces(hosts);
    const id = await runs.create('test/slow', hosts, { seconds: 15, folder });
    await runs.waitForTask(id, TASKS[0]);
    await admiral.admiral('restart', 'ansible-worker');
    await runs.waitForTask(id, TASKS[1]);
    const { stdout } = await admiral.admiral('stop', '--keep-runs');
    expect(stdout).toContain(id);
    expect((await runProcesses(id)).length).toBeGreaterThan(0);
    await start(admiral.home);
    const deployment = await runs.waitForEnd(id, 180_000);
    expect(deployment.hosts.map((host) => [host.state, host.reason])).toEqual(hosts.map(() => ['changed', null]));
    expect(await traces(hosts)).toEqual(before.map((count) => count + 1));
    await expectWholeEvents(id, 2);
  }, 300_000);

  it('is interrupted by a stop, and the next start asks before it repeats anything', async () => {
    const hosts = servers.slice(2);
    const id = await runs.create('test/slow', hosts, { seconds: 8, folder });
    await runs.waitForTask(id, TASKS[0]);
    const before = Date.now();
    const { stdout } = await admiral.admiral('stop');
    expect(Date.now() - before).toBeLessThan(15_000);
    expect(stdout).toMatch(/1 run/);
    expect(await runProcesses(id)).toEqual([]);
    await start(admiral.home);
    const waiting = await runs.waitForState(id, 'waiting', 90_000);
    expect(waiting.waitingFor).toBe('confirmation');
    expect(waiting.hosts.map((host) => host.state)).toEqual(['interrupted', 'interrupted']);
    const answer = await admiral.apiRequest('POST', `/api/deployments/${id}/continue`);
    expect(answer.status).toBeLessThan(300);
    const deployment = await runs.waitForEnd(id, 180_000);
    expect(deployment.state).toBe('succeeded');
  }, 360_000);

  it('does not begin when somebody starts it at Temporal’s own port', async () => {
    const connection = await Connection.connect({ address: `127.0.0.1:${String(await portOf('temporal'))}` });
    try {
      const client = new Client({ connection });
      const forge = (workflowId: string, deploymentId: string, authorization: string) =>
        client.workflow.execute(DEPLOY_FLEET, {
          taskQueue: WORKFLOW_QUEUE,
          workflowId,
          args: [{ deploymentId, authorization }],
        });
      const failure = async (attempt: Promise<unknown>) => {
        const error = await attempt.then(
          () => undefined,
          (thrown: unknown) => thrown as WorkflowFailedError,
        );
        return (error?.cause?.cause as { type?: string } | undefined)?.type;
      };
      // A deployment that is there, with a signature from nowhere, and with a real one over other targets.
      const id = await runs.create('test/overhead', servers.slice(0, 1), { folder });
      await runs.waitForEnd(id);
      const pool = await database();
      const { rows } = await pool.query<{ authorization: string }>(
        'SELECT "authorization" FROM admiral.deployments WHERE id = $1',
        [id],
      );
      expect(await failure(forge('forged-1', id, 'AAAA'))).toBe('run_not_authorized');
      await pool.query(`UPDATE admiral.deployments SET state = 'queued' WHERE id = $1`, [id]);
      await pool.query('UPDATE admiral.deployment_servers SET server_id = $2 WHERE deployment_id = $1', [
        id,
        servers[3],
      ]);
      expect(await failure(forge('forged-2', id, rows[0]!.authorization))).toBe('run_not_authorized');
      await expect(readFile(join(folder, `copied-${servers[3]!}`))).rejects.toThrow(/ENOENT/);
      await pool.query(`UPDATE admiral.deployments SET state = 'cancelled' WHERE id = $1`, [id]);
      await pool.end();
      const test = client.workflow.execute(TEST_CONNECTION, {
        taskQueue: WORKFLOW_QUEUE,
        workflowId: connectionTestWorkflowId(servers[0]!),
        args: [{ serverId: servers[0], actorId: null, expiresAtMs: Date.now() + 60_000, authorization: 'AAAA' }],
      });
      expect(await failure(test)).toBe('run_not_authorized');
    } finally {
      await connection.close();
    }
  }, 120_000);
});

/** Processes that stand in the environment of any attempt of this run. */
async function runProcesses(deploymentId: string): Promise<number[]> {
  const attempts = await Promise.all(
    [1, 2, 3].map((n) => processesWithVariable('ADMIRAL_RUN', `${deploymentId}/${String(n)}`)),
  );
  return attempts.flat();
}
