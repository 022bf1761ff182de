import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findStarter, lockHome } from './home-lock.ts';
import { openHome, socketPath } from './layout.ts';
import { endLeftovers, recordParts } from './leftovers.ts';
import { identify, isAlive, signal, startTimeOf } from './process-identity.ts';
import { loadSecrets } from './secrets.ts';

describe('a data folder', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'home-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const open = (name: string) => openHome(join(folder, name), '1.0.0');
  const sleeper = () => spawn('sleep', ['60'], { stdio: 'ignore' });

  it('is closed to others, also when it was open', () => {
    const home = open('a');
    chmodSync(home.folder, 0o755);
    open('a');
    expect(lstatSync(home.folder).mode & 0o777).toBe(0o700);
    expect(lstatSync(home.secrets).mode & 0o777).toBe(0o700);
  });

  it('has sockets in it, or elsewhere where its path is too long', () => {
    const home = open('b');
    expect(socketPath(home, 'x.sock')).toBe(join(home.run, 'x.sock'));
    const far = socketPath(open('long'.padEnd(120, '-')), 'x.sock');
    expect(Buffer.byteLength(far)).toBeLessThanOrEqual(107);
    expect(lstatSync(join(far, '..')).mode & 0o777).toBe(0o700);
    rmSync(join(far, '..'), { recursive: true });
  });

  it('has one starter, and takes the place of a dead one', () => {
    const home = open('c');
    const unlock = lockHome(home);
    expect(findStarter(home)?.pid).toBe(process.pid);
    expect(() => lockHome(home)).toThrow(/already runs/);
    unlock();
    expect(findStarter(home)).toBeUndefined();
    writeFileSync(join(home.run, 'starter.json'), JSON.stringify({ ...identify(process.pid), startTime: '1' }));
    lockHome(home)();
    expect(existsSync(join(home.run, 'starter.json'))).toBe(false);
  });

  it('ends what an earlier start left, and never a process that only has its number', async () => {
    const home = open('d');
    const left = sleeper();
    const stranger = sleeper();
    try {
      const mine = { ...identify(left.pid!)!, name: 'app' };
      const reused = { ...identify(stranger.pid!)!, startTime: '1', name: 'api' };
      recordParts(home, [mine, reused]);
      expect(await endLeftovers(home)).toEqual(['app']);
      expect(isAlive(mine)).toBe(false);
      expect(startTimeOf(stranger.pid!)).toBeDefined();
      signal(reused, 'SIGKILL');
      expect(startTimeOf(stranger.pid!)).toBeDefined();
      expect(await endLeftovers(home)).toEqual([]);
    } finally {
      left.kill('SIGKILL');
      stranger.kill('SIGKILL');
    }
  });

  it('loses the lock file of a Postgres that is gone, also where its number is another process now', async () => {
    const home = open('e');
    const file = join(home.folder, 'postgres', 'postmaster.pid');
    mkdirSync(home.postgres);
    writeFileSync(file, `${String(process.pid)}\n`);
    await endLeftovers(home);
    expect(existsSync(file)).toBe(false);
  });

  it('makes its secrets once, and knows a wrong master key', () => {
    const home = open('f');
    const made = loadSecrets(home);
    expect(new Set(Object.values(made)).size).toBe(Object.keys(made).length);
    expect(loadSecrets(home)).toEqual(made);
    expect(() => loadSecrets(home, 'b'.repeat(64))).toThrow(/not the one/);
    const other = open('g');
    const given = 'a'.repeat(64);
    expect(loadSecrets(other, given)['master-key']).toBe(given);
    expect(existsSync(join(other.secrets, 'master-key'))).toBe(false);
    expect(() => loadSecrets(other)).toThrow(/give it as ADMIRAL_MASTER_KEY_FILE/);
    expect(readFileSync(join(other.secrets, 'master-key.fingerprint'), 'utf8')).not.toContain(given);
  });
});
