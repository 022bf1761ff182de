import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { runAdmiral } from '#tests/support/installation.ts';
import { makeTempFolder } from '#tests/support/temp-folder.ts';

/** Each is given to `admiral start`, which must refuse before it starts anything. */
const WRONG: [string, Record<string, string>, RegExp][] = [
  ['a port that is none', { ADMIRAL_HTTP_PORT: '70000' }, /ADMIRAL_HTTP_PORT must be a port number/],
  ['a listen address that is none', { ADMIRAL_LISTEN: 'example.com' }, /ADMIRAL_LISTEN must be an IP address/],
  ['all addresses without a public one', { ADMIRAL_LISTEN: '0.0.0.0' }, /needs ADMIRAL_PUBLIC_URL/],
  ['a public address with a path', { ADMIRAL_PUBLIC_URL: 'https://example.com/x' }, /must be an origin/],
  [
    'plain HTTP beyond loopback',
    { ADMIRAL_LISTEN: '0.0.0.0', ADMIRAL_PUBLIC_URL: 'http://example.com' },
    /must begin with https/,
  ],
  ['a certificate without its key', { ADMIRAL_TLS_CERT: '/etc/hostname' }, /ADMIRAL_TLS_KEY belong together/],
  ['a master key that is too short', { ADMIRAL_MASTER_KEY: 'short' }, /32 bytes/],
  ['a master key file that is not there', { ADMIRAL_MASTER_KEY_FILE: '/nowhere' }, /cannot be read/],
  ['an administrator without a password', { ADMIRAL_ADMIN_EMAIL: 'admin@example.com' }, /belong together/],
  [
    'a password that is too short',
    { ADMIRAL_ADMIN_EMAIL: 'admin@example.com', ADMIRAL_ADMIN_PASSWORD: 'short' },
    /at least 12 characters/,
  ],
  ['a log level that is none', { ADMIRAL_LOG_LEVEL: 'loud' }, /ADMIRAL_LOG_LEVEL must be trace/],
  ['test targets in production', { ADMIRAL_TEST_LOCAL_TARGETS: '1' }, /for tests alone/],
  ['metrics kept for too long', { ADMIRAL_METRICS_KEEP_DAYS: '30' }, /at most 7 days/],
];

describe('settings', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await makeTempFolder('settings');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const start = (settings: Record<string, string>) =>
    runAdmiral({ ADMIRAL_HOME: join(folder, 'home'), ADMIRAL_HTTP_PORT: '18099', ...settings }, 'start');

  it.each(WRONG)(
    'refuse %s in one sentence',
    async (_, settings, sentence) => {
      await expect(start(settings)).rejects.toMatchObject({ exitCode: 2, stderr: expect.stringMatching(sentence) });
    },
    600_000,
  );

  it('are read from .env in the data folder too', async () => {
    const home = join(folder, 'with-env');
    mkdirSync(home);
    writeFileSync(join(home, '.env'), '# a comment\nADMIRAL_LOG_LEVEL="loud"\n');
    await expect(start({ ADMIRAL_HOME: home })).rejects.toMatchObject({ stderr: expect.stringContaining('"loud"') });
    writeFileSync(join(home, '.env'), 'no setting\n');
    await expect(start({ ADMIRAL_HOME: home })).rejects.toMatchObject({ stderr: expect.stringContaining('line 1') });
  });

  it('do not let a data folder be somebody else’s', async () => {
    const home = join(folder, 'taken');
    mkdirSync(home);
    writeFileSync(join(home, 'diary.txt'), '');
    await expect(start({ ADMIRAL_HOME: home })).rejects.toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('holds other files'),
    });
  });

  describe('with a port in use', () => {
    let server: Server;
    let port = 0;
    beforeAll(async () => {
      server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      port = (server.address() as { port: number }).port;
    });
    afterAll(() => {
      server.close();
    });

    it('are refused by start and found by doctor', async () => {
      const settings = { ADMIRAL_HOME: join(folder, 'port'), ADMIRAL_HTTP_PORT: String(port) };
      await expect(start(settings)).rejects.toMatchObject({ exitCode: 1, stderr: expect.stringContaining('in use') });
      await expect(runAdmiral(settings, 'doctor')).rejects.toMatchObject({
        exitCode: 1,
        stdout: expect.stringContaining('Set ADMIRAL_HTTP_PORT'),
      });
    });
  });

  it('are looked into by doctor: what is open to others', async () => {
    const home = join(folder, 'open');
    mkdirSync(join(home, 'secrets'), { recursive: true });
    chmodSync(home, 0o755);
    writeFileSync(join(home, 'secrets', 'proxy'), 'x', { mode: 0o644 });
    await expect(runAdmiral({ ADMIRAL_HOME: home }, 'doctor')).rejects.toMatchObject({
      stdout: expect.stringMatching(/chmod 700[^]*chmod 600/),
    });
  });

  it('have commands around them that are known or refused', async () => {
    const settings = { ADMIRAL_HOME: join(folder, 'none') };
    expect((await runAdmiral(settings, '--help')).stdout).toContain('token create');
    await expect(runAdmiral(settings, 'frobnicate')).rejects.toMatchObject({
      exitCode: 2,
      stderr: 'There is no command "frobnicate". "admiral --help" lists what there is.\n',
    });
    await expect(runAdmiral(settings, 'status', '--nonsense')).rejects.toMatchObject({ exitCode: 2 });
    await expect(runAdmiral(settings, 'status')).rejects.toMatchObject({ exitCode: 3 });
    await expect(runAdmiral(settings, 'token', 'create', '--name', 'x')).rejects.toMatchObject({ exitCode: 2 });
    await expect(runAdmiral(settings, 'token', 'create', '--name', 'x', '--role', 'admin')).rejects.toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('No installation runs'),
    });
    expect((await runAdmiral(settings, 'stop')).stdout).toBe('Nothing runs.\n');
  });
});
