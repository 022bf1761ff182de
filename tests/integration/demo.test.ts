import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import type pg from 'pg';
import { connectOwner, DATABASE } from '#cli/engines/postgres.ts';
import type { Demo } from '#common/contracts/demo.ts';
import type { MetricSeries } from '#common/contracts/metrics.ts';
import type { Server, ServerPage } from '#common/contracts/servers.ts';
import { signRun } from '#common/crypto/run-authorization.ts';
import { startInstallation, type TestInstallation } from '#tests/support/installation.ts';
import { until } from '#tests/support/until.ts';
import type { z } from 'zod';

type Page = z.infer<typeof ServerPage>;

describe('a first look without a server', () => {
  let installation: TestInstallation;
  let database: pg.Client;
  let temporal: Client;

  beforeAll(async () => {
    installation = await startInstallation();
    const { parts } = await installation.status();
    const portOf = (part: string, name: string) => parts.find((found) => found.name === part)?.ports[name] ?? 0;
    const ownerPassword = readFileSync(join(installation.home, 'secrets', 'database-owner'), 'utf8').trim();
    database = await connectOwner({ port: portOf('postgres', 'postgres'), ownerPassword }, DATABASE);
    const connection = await Connection.connect({ address: `127.0.0.1:${String(portOf('temporal', 'temporal'))}` });
    temporal = new Client({ connection });
  }, 600_000);
  afterAll(async () => {
    await temporal.connection.close();
    await database.end();
    await installation.stop({ remove: true });
  }, 60_000);

  // Whatever a test left: the next one begins without a demo.
  afterEach(async () => {
    await installation.apiRequest('DELETE', '/api/demo');
    await until('the demo is gone', isGone, 60_000);
  }, 90_000);

  const demo = async () => (await installation.apiRequest<Demo>('GET', '/api/demo')).body;
  const isGone = async () => (await demo()).state === 'none';
  const count = async (from: string, values: unknown[] = []) => {
    const { rows } = await database.query<{ count: string }>(`SELECT count(*) FROM admiral.${from}`, values);
    return Number(rows[0]?.count);
  };
  /** Rows of every table that could hold something of a server or a deployment. */
  const countAll = async () => {
    const tables = [
      'servers',
      'server_agent_tokens',
      'server_newest',
      'metrics',
      'process_snapshots',
      'metric_dead_letters',
      'deployments',
      'deployment_servers',
      'deployment_events',
      'deployment_output',
      'settings',
    ];
    const counts: Record<string, number> = {};
    for (const table of tables) counts[table] = await count(table);
    return counts;
  };
  const demoServers = async () => (await installation.apiRequest<Page>('GET', '/api/servers?search=demo-')).body.items;

  it('looks at every table that names a server or a deployment', async () => {
    const { rows } = await database.query<{ name: string }>(
      `SELECT DISTINCT table_name AS name FROM information_schema.columns c JOIN pg_class t ON t.relname = c.table_name
       WHERE table_schema = 'admiral' AND column_name IN ('server_id', 'deployment_id') AND NOT t.relispartition`,
    );
    const counted = Object.keys(await countAll());
    expect(rows.map((row) => row.name).filter((name) => !counted.includes(name))).toEqual([]);
  });

  it('fills with three servers and a day, and takes every trace away', async () => {
    const before = await countAll();
    const filled = await installation.admiral('demo', '--servers', '3', '--days', '1');
    expect(filled.stdout).toContain('3 demo servers with 1 days of history report every 30 s');
    expect(await count(`api_tokens WHERE name = 'admiral demo' AND revoked_at IS NULL`)).toBe(0);

    const servers = await demoServers();
    expect(servers.map((server) => server.isDemo)).toEqual([true, true, true]);
    expect(servers.map((server) => server.hostname).sort()).toEqual(['demo-app-01', 'demo-db-01', 'demo-web-01']);
    expect(await count('metrics')).toBeGreaterThan(2 * 1440);
    for (const server of servers) {
      const { body } = await installation.apiRequest<MetricSeries>(
        'GET',
        `/api/servers/${server.id}/metrics?range=24h`,
      );
      const known = body.series.cpuPercent?.filter((value) => value !== null) ?? [];
      expect(known.length).toBeGreaterThan(0.7 * body.t.length);
      expect(Math.min(...known)).toBeGreaterThan(0);
      expect(Math.max(...known)).toBeLessThan(100);
    }
    const deployments = await installation.apiRequest<{ items: { id: string; state: string; isDemo: boolean }[] }>(
      'GET',
      '/api/deployments',
    );
    const states = deployments.body.items.map((deployment) => deployment.state);
    expect(states).toEqual(expect.arrayContaining(['succeeded', 'partly_failed', 'failed', 'cancelled']));
    const output = await installation.apiRequest<{ items: { chunk: string }[] }>(
      'GET',
      `/api/deployments/${deployments.body.items.at(-1)?.id ?? ''}/output`,
    );
    expect(output.body.items.map((item) => item.chunk).join('')).toMatch(/PLAY RECAP.*\ndemo-web-01 +: ok=12/);

    await until(
      'live reports of all three arrive',
      async () => (await count(`metrics WHERE "timestamp" > (SELECT max(created_at) FROM admiral.api_tokens)`)) >= 3,
      60_000,
    );
    const removed = await installation.admiral('demo', '--remove');
    expect(removed.stdout).toContain('gone');
    expect(await countAll()).toEqual(before);
    expect(await count(`deployment_audit_logs WHERE action IN ('demo.fill', 'demo.remove')`)).toBe(2);
    expect((await installation.admiral('demo', '--remove')).stdout).toContain('There are no demo servers');
    expect((await installation.admiral('demo', '--status')).stdout).toContain('There are no demo servers');
  }, 180_000);

  it('is removed in the middle of being filled', async () => {
    const before = await countAll();
    const order = { servers: 20, days: 7 };
    const ordered = await installation.apiRequest<Demo>('POST', '/api/demo', order);
    expect([ordered.status, ordered.body.state]).toEqual([202, 'filling']);
    await until('history is being made', async () => (await count('metrics')) > 0, 60_000);
    const other = await installation.apiRequest<{ code: string }>('POST', '/api/demo', { servers: 2, days: 7 });
    expect([other.status, other.body.code]).toEqual([409, 'already_exists']);
    expect((await demo()).state).toBe('filling');
    await installation.apiRequest('DELETE', '/api/demo');
    await installation.apiRequest('DELETE', '/api/demo');
    await until('the demo is gone', isGone, 60_000);
    expect(await countAll()).toEqual(before);
  }, 180_000);

  it('goes on after its worker was killed in the middle', async () => {
    await installation.apiRequest('POST', '/api/demo', { servers: 10, days: 7 });
    await until('history is being made', async () => (await count('metrics')) > 5000, 60_000);
    await installation.killPart('ansible-worker');
    await until('the demo is filled', async () => (await demo()).state === 'live', 120_000);
    const { rows } = await database.query<{ rows: string }>(
      `SELECT count(*) AS rows FROM admiral.metrics m JOIN admiral.servers s ON s.id = m.server_id
       WHERE s.hostname = 'demo-web-01' AND "timestamp" <= s.facts_at`,
    );
    expect(Number(rows[0]?.rows)).toBe(7 * 1440);
    await installation.apiRequest('DELETE', '/api/demo');
    await until('the demo is gone', isGone, 60_000);
    expect(await count('metrics')).toBe(0);
  }, 240_000);

  it('never takes a demo server as a target', async () => {
    await installation.apiRequest('POST', '/api/demo', { servers: 1, days: 0 });
    await until('it is there', async () => (await demo()).state === 'live', 60_000);
    const [server] = await demoServers();
    const deployment = await installation.apiRequest<{ code: string }>('POST', '/api/deployments', {
      name: 'no',
      playbook: 'nodepulse/deploy-agent',
      serverIds: [server?.id],
    });
    expect([deployment.status, deployment.body.code]).toEqual([409, 'servers_not_ready']);
    const test = await installation.apiRequest<{ code: string }>(
      'POST',
      `/api/servers/${server?.id ?? ''}/test-connection`,
    );
    expect([test.status, test.body.code]).toEqual([409, 'servers_not_ready']);
    await installation.apiRequest('DELETE', '/api/demo');
    await until('the demo is gone', isGone, 60_000);
  }, 120_000);

  it.each([
    [['--servers', '0'], '--servers must be a whole number from 1 to 100, not "0".'],
    [['--servers', '101'], '--servers must be a whole number from 1 to 100, not "101".'],
    [['--days', 'x'], '--days must be a whole number from 0 to 7, not "x".'],
    [['--remove', '--days', '2'], 'Write one of'],
  ])('refuses %j with one sentence and status 2', async (args, sentence) => {
    const refused = await installation.admiral('demo', ...args).catch((error: unknown) => error);
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(sentence) });
  });

  it('does nothing for somebody who starts the workflow straight at Temporal', async () => {
    const before = await countAll();
    const planId = randomUUID();
    const forge = (authorization: string) =>
      temporal.workflow.execute('fillDemo', {
        workflowId: `forged-${randomUUID()}`,
        taskQueue: 'admiral-workflows',
        args: [{ planId, authorization }],
      });
    const signed = signRun(Buffer.alloc(32, 7), { kind: 'demo', planId, servers: 5, days: 1, originMs: 0 });
    // No row: there is nothing to fill.
    await forge(signed);
    // A row that somebody wrote, but no signature over it.
    const stored = { state: 'filling', plan: { id: planId, servers: 5, days: 1, originMs: 0 }, progressPercent: 0 };
    await database.query(`INSERT INTO admiral.settings (key, value) VALUES ('demo', $1)`, [JSON.stringify(stored)]);
    await expect(forge(signed)).rejects.toThrow(WorkflowFailedError);
    await database.query(`DELETE FROM admiral.settings WHERE key = 'demo'`);
    expect(await countAll()).toEqual(before);
  }, 60_000);

  it('watches this machine, and nothing else can be done to it', async () => {
    const watched = await installation.apiRequest<Server>('POST', '/api/watch-this-machine');
    expect(watched.status).toBe(201);
    expect(watched.body).toMatchObject({ watchOnly: true, isDemo: false, sshKeyId: null });
    const { id } = watched.body;
    const again = await installation.apiRequest<Server>('POST', '/api/watch-this-machine');
    expect(again.body.id).toBe(id);
    const seen = async () => (await installation.apiRequest<Server>('GET', `/api/servers/${id}`)).body;
    await until('its report is there', async () => (await seen()).newest !== null, 60_000);
    const { rows } = await database.query('SELECT "values" FROM admiral.server_newest WHERE server_id = $1', [id]);
    expect(rows[0].values.cpu_cores).toBe(cpus().length);
    expect(Math.abs(rows[0].values.memory_total_bytes / totalmem() - 1)).toBeLessThan(0.01);
    const part = (await installation.status()).parts.find((found) => found.name === 'agent');
    expect(part).toMatchObject({ state: 'ready', pid: expect.any(Number) });
    expect(part?.pid).toBe(installation.pids().agent);

    const deployment = await installation.apiRequest<{ code: string }>('POST', '/api/deployments', {
      name: 'no',
      playbook: 'nodepulse/deploy-agent',
      serverIds: [id],
    });
    expect([deployment.status, deployment.body.code]).toEqual([409, 'servers_not_ready']);

    await installation.killPart('agent');
    await installation.apiRequest('DELETE', '/api/watch-this-machine');
    await until(
      'the agent has ended and left nothing',
      async () =>
        !(await installation.status()).parts.some((found) => found.name === 'agent') &&
        !existsSync(join(installation.home, 'watch', id)),
      15_000,
    );
    expect((await installation.apiRequest('GET', `/api/servers/${id}`)).status).toBe(404);
    expect((await installation.apiRequest('DELETE', '/api/watch-this-machine')).status).toBe(204);
  }, 120_000);
});
