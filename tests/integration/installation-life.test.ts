import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startInstallation, type TestInstallation } from '#tests/support/installation.ts';
import { isRunning, listeningSockets, processTree, visibleText } from '#tests/support/process-tree.ts';
import { until } from '#tests/support/until.ts';

const PARTS = [
  'postgres',
  'valkey',
  'temporal',
  'api',
  'workflow-worker',
  'ansible-worker',
  'ingest',
  'digest',
  'app',
  'caddy',
];
const START_MS = 600_000;

describe('an installation', () => {
  const masterKey = randomBytes(32).toString('hex');
  let installation: TestInstallation;
  const env = { ADMIRAL_MASTER_KEY: masterKey };

  beforeAll(async () => {
    installation = await startInstallation({ env });
  }, START_MS);
  afterAll(async () => {
    await installation.stop({ remove: true });
  }, 60_000);

  it('shows every part with its state, process, version and ports', async () => {
    await until('versions are known', async () => (await installation.status()).parts.every((part) => part.version));
    const status = await installation.status();
    expect(status.state).toBe('ready');
    expect(status.parts.map((part) => part.name)).toEqual(PARTS);
    for (const part of status.parts) {
      expect(part).toMatchObject({ state: 'ready', restarts: 0 });
      expect(isRunning(part.pid ?? -1)).toBe(true);
    }
    const { stdout } = await installation.admiral('status');
    for (const name of PARTS) expect(stdout).toContain(name);
  });

  it('answers through one front door', async () => {
    expect((await installation.apiRequest('GET', '/readyz', undefined, { token: null })).status).toBe(200);
    expect((await installation.apiRequest('GET', '/healthz', undefined, { token: null })).status).toBe(200);
    const page = await fetch(installation.url);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('server')).toBeNull();
    const ingest = await installation.apiRequest('GET', '/ingest/metrics/prometheus/health', undefined, {
      token: null,
    });
    expect(ingest.status).toBe(200);
  });

  it('shows Temporal only to who is signed in, and only to look at', async () => {
    const asNobody = await installation.apiRequest('GET', '/temporal/', undefined, { token: null });
    expect([401, 403, 302, 303]).toContain(asNobody.status);
    expect((await installation.apiRequest('GET', '/temporal/')).status).toBe(200);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const path = '/temporal/api/v1/namespaces/default/workflows/x/terminate';
      expect((await installation.apiRequest(method, path, {})).status).toBe(405);
    }
  });

  it('listens on loopback alone', () => {
    const sockets = listeningSockets(processTree(installation.starterPid));
    expect(sockets.length).toBeGreaterThanOrEqual(9);
    expect(sockets.filter(({ address }) => address !== '127.0.0.1')).toEqual([]);
    const administration = join(installation.home, 'run', 'caddy.sock');
    if (existsSync(administration)) expect(lstatSync(administration).mode & 0o777).toBe(0o600);
    expect(sockets.filter(({ port }) => port === 2019)).toEqual([]);
  });

  it('shows no secret in the environment or the arguments of any process', () => {
    const folder = join(installation.home, 'secrets');
    const secrets = readdirSync(folder)
      .filter((name) => !name.endsWith('.fingerprint'))
      .map((name) => readFileSync(join(folder, name), 'utf8').trim());
    expect(secrets.length).toBeGreaterThanOrEqual(9);
    const values = [...secrets, masterKey, installation.admin.password];
    const pids = processTree(installation.starterPid);
    expect(pids.length).toBeGreaterThan(PARTS.length);
    for (const pid of pids) {
      const text = visibleText(pid);
      expect(text.length).toBeGreaterThan(1);
      for (const value of values) expect(text.includes(value)).toBe(false);
    }
  });

  it('keeps a given master key out of its data folder, and all logs free of secrets', () => {
    expect(existsSync(join(installation.home, 'secrets', 'master-key'))).toBe(false);
    const logs = join(installation.home, 'logs');
    for (const name of readdirSync(logs)) {
      expect(readFileSync(join(logs, name), 'utf8').includes(masterKey)).toBe(false);
    }
  });

  it('keeps everything in its data folder for its owner alone', () => {
    expect(lstatSync(installation.home).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(installation.home, 'secrets'))) {
      expect(lstatSync(join(installation.home, 'secrets', name)).mode & 0o777).toBe(0o600);
    }
  });

  it('makes tokens and people, each with its audit entry', async () => {
    const { stdout } = await installation.admiral('token', 'create', '--name', 'reader', '--role', 'viewer');
    expect(stdout).toMatch(/^npat_[\w-]{40,}\n$/);
    const servers = await installation.apiRequest('GET', '/api/servers', undefined, { token: stdout.trim() });
    expect(servers.status).toBe(200);
    const person = ['--email', 'viewer@example.com', '--name', 'A Viewer', '--role', 'viewer'];
    const link = (await installation.admiral('user', 'create', ...person)).stdout.trim();
    expect(link.startsWith(`${installation.url}/invite?token=npal_`)).toBe(true);
    await expect(installation.admiral('user', 'create', ...person)).rejects.toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('already somebody'),
    });
    const audit = await installation.apiRequest<{ items: { action: string }[] }>('GET', '/api/audit');
    const actions = audit.body.items.map((entry) => entry.action);
    expect(actions).toEqual(expect.arrayContaining(['token.create', 'user.create']));
  });

  it('refuses a second start on the same data folder', async () => {
    await expect(installation.admiral('start')).rejects.toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('already runs'),
    });
  });

  it('finds nothing in the way of itself', async () => {
    const { stdout } = await installation.admiral('doctor', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  });

  it.each(PARTS)(
    'brings %s back after kill -9',
    async (name) => {
      await installation.killPart(name);
      const part = (await installation.status()).parts.find((found) => found.name === name);
      expect(part?.restarts).toBeGreaterThan(0);
      await until(
        'the front door is ready again',
        async () => (await installation.apiRequest('GET', '/readyz', undefined, { token: null })).status === 200,
        60_000,
      );
    },
    120_000,
  );

  it('restarts one part when asked', async () => {
    const before = installation.pids();
    await installation.admiral('restart', 'api');
    const after = installation.pids();
    expect(after.api).not.toBe(before.api);
    expect(after.postgres).toBe(before.postgres);
    await expect(installation.admiral('restart', 'nonsense')).rejects.toMatchObject({ exitCode: 1 });
  }, 60_000);

  it('restarts as a whole', async () => {
    const before = installation.pids();
    const { stdout } = await installation.admiral('restart');
    expect(stdout).toContain('Admiral is ready');
    const after = installation.pids();
    for (const name of PARTS) expect(after[name]).not.toBe(before[name]);
    expect((await installation.apiRequest('GET', '/api/servers')).status).toBe(200);
  }, 120_000);

  it('leaves no process when it is stopped, and keeps its data', async () => {
    const created = await installation.apiRequest<{ id: string }>('POST', '/api/servers', {
      hostname: 'kept.example.com',
      sshHost: '192.0.2.1',
      sshUsername: 'ops',
    });
    expect(created.status).toBe(201);
    const pids = processTree(installation.starterPid);
    const began = Date.now();
    const { stdout } = await installation.admiral('stop');
    expect(Date.now() - began).toBeLessThan(20_000);
    expect(stdout).toContain('Stopped.');
    expect(pids.filter(isRunning)).toEqual([]);

    const home = installation.home;
    const token = await installation.adminToken();
    installation = await startInstallation({ home, env });
    expect(installation.startMs).toBeLessThan(60_000);
    process.stderr.write(`second start took ${(installation.startMs / 1000).toFixed(1)} s\n`);
    const kept = await installation.apiRequest('GET', `/api/servers/${created.body.id}`, undefined, { token });
    expect(kept.status).toBe(200);
  }, 120_000);

  it('starts again after kill -9 of everything', async () => {
    const token = await installation.adminToken();
    await installation.killAll();
    const { home } = installation;
    installation = await startInstallation({ home, env });
    expect((await installation.apiRequest('GET', '/api/servers', undefined, { token })).status).toBe(200);
  }, 120_000);

  it('ends what a killed starter left behind before it starts again', async () => {
    const before = installation.pids();
    process.kill(installation.starterPid, 'SIGKILL');
    const { home } = installation;
    installation = await startInstallation({ home, env });
    expect(installation.output()).toContain('Ended what an earlier start left behind');
    for (const pid of Object.values(before)) expect(isRunning(pid)).toBe(false);
  }, 120_000);

  it('ends in good order at Ctrl-C', async () => {
    const pids = processTree(installation.starterPid);
    process.kill(installation.starterPid, 'SIGINT');
    await until('the starter is gone', () => !isRunning(installation.starterPid), 20_000);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(installation.output()).toContain('Stopped.');
    await expect(installation.admiral('status')).rejects.toMatchObject({ exitCode: 3 });
  }, 30_000);
});
