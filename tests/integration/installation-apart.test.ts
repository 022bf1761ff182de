import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { runAdmiral, startInstallation, type TestInstallation } from '#tests/support/installation.ts';
import { listeningSockets, processTree } from '#tests/support/process-tree.ts';
import { makeTempFolder } from '#tests/support/temp-folder.ts';

const START_MS = 600_000;
/** An address of this machine that is not loopback; connections to it do not leave the machine. */
const ADDRESS = Object.values(networkInterfaces())
  .flat()
  .find((found) => found && !found.internal && found.family === 'IPv4')?.address;

function secretsOf(home: string): Map<string, string> {
  const folder = join(home, 'secrets');
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8').trim()]));
}

describe('two installations on one machine', () => {
  let folder: string;
  let first!: TestInstallation;
  let second!: TestInstallation;
  const started: TestInstallation[] = [];

  beforeAll(async () => {
    folder = await makeTempFolder('apart');
    // Longer than a Unix socket's path may be.
    const long = join(folder, 'a-data-folder-whose-path-is-too-long-for-sockets'.padEnd(110, '-'));
    const env: Record<string, string> = ADDRESS === undefined ? {} : { ADMIRAL_LISTEN: ADDRESS };
    const start = async (home: string, settings: Record<string, string>) => {
      const installation = await startInstallation({ home, env: settings });
      started.push(installation);
      return installation;
    };
    // One that fails must not leave the other one behind.
    const outcomes = await Promise.allSettled([start(long, {}), start(join(folder, 'second'), env)]);
    const [mine, theirs] = outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
    [first, second] = [mine!, theirs!];
  }, START_MS);
  afterAll(async () => {
    await Promise.all(started.map((installation) => installation.stop()));
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('share no secret and no port', async () => {
    const mine = secretsOf(first.home);
    const theirs = secretsOf(second.home);
    expect([...mine.keys()].sort()).toEqual([...theirs.keys()].sort());
    expect(mine.has('master-key')).toBe(true);
    for (const [name, value] of mine) {
      expect(value.length).toBeGreaterThanOrEqual(32);
      expect([...theirs.values()]).not.toContain(value);
      expect([...mine.entries()].filter(([other, v]) => other !== name && v === value)).toEqual([]);
    }
    const ports = (installation: TestInstallation) =>
      listeningSockets(processTree(installation.starterPid)).map(({ port }) => port);
    expect(ports(first).filter((port) => ports(second).includes(port))).toEqual([]);
    const foreign = await first.apiRequest('GET', '/api/servers', undefined, { token: await rootToken(second) });
    expect(foreign.status).toBe(401);
  });

  /** The other installation's token; its own calls need its certificate, so it is made by the command. */
  async function rootToken(installation: TestInstallation): Promise<string> {
    return (await installation.admiral('token', 'create', '--name', 'other', '--role', 'admin')).stdout.trim();
  }

  (ADDRESS === undefined ? it.skip : it)(
    'serve HTTPS alone beyond loopback, under an authority of their own',
    async () => {
      expect(second.url).toMatch(new RegExp(`^https://${ADDRESS ?? ''}:`));
      const sockets = listeningSockets(processTree(second.starterPid));
      const beyond = sockets.filter(({ address }) => address !== '127.0.0.1');
      expect(beyond.map(({ address, port }) => `https://${address}:${String(port)}`)).toEqual([second.url]);
      const ca = readFileSync(join(second.home, 'caddy', 'root.crt'), 'utf8');
      expect(await httpsStatus(`${second.url}/readyz`, ca)).toBe(200);
      await expect(httpsStatus(`${second.url}/readyz`, undefined)).rejects.toThrow(/certificate/);
      const plain = await fetch(second.url.replace('https:', 'http:')).then((answer) => answer.status);
      expect(plain).toBe(400);
    },
  );

  describe('one of them stopped', () => {
    const sshHost = '192.0.2.7';
    let file: string;
    let serverId: string;
    let token: string;
    let keyFile: string;

    beforeAll(async () => {
      token = await first.adminToken();
      const server = { hostname: 'kept.example.com', sshHost, sshUsername: 'ops' };
      serverId = (await first.apiRequest<{ id: string }>('POST', '/api/servers', server)).body.id;
      file = join(folder, 'backup.tar.gz');
      await expect(first.admiral('backup', file)).rejects.toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('already runs'),
      });
      await first.stop();
      await first.admiral('backup', file);
      keyFile = join(first.home, 'secrets', 'master-key');
    }, 60_000);

    it('writes a backup for its owner alone, without the master key', () => {
      expect(execFileSync('stat', ['-c', '%a', file], { encoding: 'utf8' })).toBe('600\n');
      const names = execFileSync('tar', ['-tzf', file], { encoding: 'utf8' });
      expect(names).toContain('postgres/PG_VERSION');
      expect(names).not.toMatch(/secrets\/master-key$/m);
      const everything = execFileSync('tar', ['-xzOf', file], { maxBuffer: 2 ** 30 });
      expect(everything.includes(readFileSync(keyFile, 'utf8').trim())).toBe(false);
      expect(everything.includes(sshHost)).toBe(true);
    });

    it('refuses to restore what is wrong, and leaves nothing behind', async () => {
      const home = join(folder, 'refused');
      const restore = (settings: Record<string, string>, from = file) =>
        runAdmiral({ ADMIRAL_HOME: home, ...settings }, 'restore', from);
      await expect(restore({})).rejects.toMatchObject({ exitCode: 2, stderr: expect.stringContaining('master key') });
      await expect(restore({ ADMIRAL_MASTER_KEY: 'a'.repeat(64) })).rejects.toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('not the one'),
      });
      await expect(restore({ ADMIRAL_HOME: second.home, ADMIRAL_MASTER_KEY_FILE: keyFile })).rejects.toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('not empty'),
      });
      const damaged = join(folder, 'damaged.tar.gz');
      damage(file, damaged, join(folder, 'damage'));
      await expect(restore({ ADMIRAL_MASTER_KEY_FILE: keyFile }, damaged)).rejects.toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('damaged (postgres/PG_VERSION)'),
      });
      expect(existsSync(home)).toBe(false);
      expect(readdirSync(folder).filter((name) => name.includes('restoring'))).toEqual([]);
    }, 60_000);

    it('is the same after a restore elsewhere', async () => {
      const home = join(folder, 'restored');
      await runAdmiral({ ADMIRAL_HOME: home, ADMIRAL_MASTER_KEY_FILE: keyFile }, 'restore', file);
      const restored = await startInstallation({ home });
      try {
        const found = await restored.apiRequest('GET', `/api/servers/${serverId}`, undefined, { token });
        expect(found).toMatchObject({ status: 200, body: { sshHost } });
        const audit = await restored.apiRequest<{ items: { action: string }[] }>('GET', '/api/audit');
        expect(audit.body.items.map((entry) => entry.action)).toContain('installation.restore');
      } finally {
        await restored.stop({ remove: true });
      }
    }, 120_000);

    it('stops its start at a migration that fails, and the version before still starts', async () => {
      const broken = join(folder, 'later-version');
      makeLaterVersion(broken, 'CREATE TABLE admiral.half_made (id int); SELECT 1 / 0;');
      const outcome = await startOtherVersion(broken, first.home);
      expect(outcome.status).toBe(1);
      expect(outcome.output).toContain('The migration 9999_later failed and was rolled back');
      expect(outcome.output).toContain('division by zero');
      expect(existsSync(join(first.home, 'postgres', 'postmaster.pid'))).toBe(false);

      first = await startInstallation({ home: first.home });
      started.push(first);
      expect((await first.apiRequest('GET', `/api/servers/${serverId}`, undefined, { token })).status).toBe(200);
    }, 180_000);
  });
});

function httpsStatus(url: string, ca: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(url, { ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', reject);
    call.end();
  });
}

/** The same backup with one byte of one file changed. */
function damage(from: string, to: string, work: string): void {
  mkdirSync(work);
  execFileSync('tar', ['-xzf', from, '-C', work]);
  writeFileSync(join(work, 'postgres', 'PG_VERSION'), '17\n');
  execFileSync('tar', ['-czf', to, '-C', work, ...readdirSync(work)]);
  rmSync(work, { recursive: true });
}

const ROOT = process.cwd();

/** A checkout that differs from this one by one more migration. */
function makeLaterVersion(folder: string, sql: string): void {
  mkdirSync(folder);
  for (const name of ['node_modules', 'build', '.tools', 'ansible', 'common', 'package.json']) {
    execFileSync('ln', ['-s', join(ROOT, name), join(folder, name)]);
  }
  execFileSync('cp', ['-r', join(ROOT, 'prisma'), join(ROOT, 'prisma.config.ts'), folder]);
  mkdirSync(join(folder, 'prisma', 'migrations', '9999_later'));
  writeFileSync(join(folder, 'prisma', 'migrations', '9999_later', 'migration.sql'), sql);
}

function startOtherVersion(root: string, home: string): Promise<{ status: number; output: string }> {
  const context = `{ root: ${JSON.stringify(root)}, version: '9.9.9', args: [], env: process.env, secrets: {} }`;
  const code = `const { main } = await import(${JSON.stringify(join(ROOT, 'build', 'cli.js'))}); process.exit(await main('start', ${context}));`;
  return new Promise((resolve) => {
    const settings = { PATH: process.env.PATH ?? '', HOME: '/', ADMIRAL_HOME: home, ADMIRAL_HTTP_PORT: '18097' };
    const options = { env: settings as unknown as NodeJS.ProcessEnv, timeout: 120_000 };
    execFile(process.execPath, ['--input-type=module', '-e', code], options, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, output: `${stdout}\n${stderr}` });
    });
  });
}
