import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '#common/process/run-command.ts';
import { markUnsafe, refusalOf, writeAttemptFiles } from './attempt-files.ts';
import { createRunStore, type AttemptPaths } from './run-folder.ts';
import type { RunHost, RunPlan } from './run-plan.ts';

const host: RunHost = {
  id: '0190f0e0-0000-7000-8000-000000000001',
  name: 'web 1',
  address: 'Web1.Example.com',
  port: 22,
  user: 'deploy',
  keyId: 'k1',
  hostKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3jF0pSsdQ0y6yqE7cAL2pVN0T1h7zG6f5Bv1pYcJ0P',
  isLocal: false,
  variables: { admiral_tags: ['a'] },
};

let home: string;
let paths: AttemptPaths;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'admiral files %-'));
  paths = await createRunStore(home).createAttempt(host.id, 1);
  const hosts = [host, { ...host, id: 'b', port: 2222, address: '2001:db8::1' }];
  const plan = {
    variables: { list: 'text', n: 5, on: true },
    keys: [{ id: 'k1', publicKey: 'ssh-ed25519 AAAA', privateKey: 'never' }],
  };
  await writeAttemptFiles(paths, { ...plan, hosts } as unknown as RunPlan, hosts);
});
afterAll(() => rm(home, { recursive: true }).then(() => rm(paths.sockets, { recursive: true })));

describe('writeAttemptFiles', () => {
  it('marks every text, and only texts, as data', async () => {
    expect(JSON.parse(await readFile(paths.variables, 'utf8'))).toEqual({
      list: { __ansible_unsafe: 'text' },
      n: 5,
      on: true,
    });
    const inventory = JSON.parse(await readFile(paths.inventory, 'utf8')) as {
      all: { hosts: Record<string, unknown> };
    };
    expect(inventory.all.hosts[host.id]).toMatchObject({
      ansible_host: { __ansible_unsafe: 'Web1.Example.com' },
      ansible_port: 22,
      admiral_name: { __ansible_unsafe: 'web 1' },
      admiral_tags: [{ __ansible_unsafe: 'a' }],
    });
  });

  it('pins keys in a form that OpenSSH finds, by server and not by address', async () => {
    for (const name of [host.id, 'b']) {
      const { stdout } = await runCommand('ssh-keygen', ['-F', name, '-f', paths.knownHosts]);
      expect(stdout).toContain('AAAAC3NzaC1lZDI1NTE5AAAAIJ3jF0pSsdQ0y6yqE7cAL2pVN0T1h7zG6f5Bv1pYcJ0P');
    }
    await expect(runCommand('ssh-keygen', ['-F', 'web1.example.com', '-f', paths.knownHosts])).rejects.toMatchObject({
      code: 'command_failed',
    });
  });

  it("is read by SSH as meant, from a folder with a blank and a percent sign, and holds nobody's private key", async () => {
    const { stdout } = await runCommand('ssh', ['-G', '-F', paths.sshConfig, 'web1.example.com']);
    expect(stdout).toContain('stricthostkeychecking true');
    expect(stdout).toContain('passwordauthentication no');
    expect(stdout).toContain(paths.knownHosts);
    for (const file of [
      paths.inventory,
      paths.variables,
      paths.knownHosts,
      paths.sshConfig,
      join(paths.keys, 'k1.pub'),
    ]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readFile(file, 'utf8')).not.toContain('never');
    }
  });
});

it('markUnsafe reaches every depth', () => {
  expect(markUnsafe({ a: ['b', { c: 'd' }], e: null })).toEqual({
    a: [{ __ansible_unsafe: 'b' }, { c: { __ansible_unsafe: 'd' } }],
    e: null,
  });
});

describe('refusalOf', () => {
  it.each([
    [{ address: '-oProxyCommand=id' }, 'address'],
    [{ address: 'a\nb' }, 'address'],
    [{ user: '-x' }, 'user name'],
    [{ user: 'a"b' }, 'user name'],
    [{ keyId: null }, 'SSH key'],
    [{ hostKey: null }, 'host key'],
    [{ variables: { Ansible_Connection: 'local' } }, 'Ansible_Connection'],
  ])('refuses %j', (change, word) => {
    expect(refusalOf({ ...host, ...change })).toContain(word);
  });

  it('takes an ordinary host, and one whose fields look like templates', () => {
    expect(refusalOf(host)).toBeNull();
    expect(refusalOf({ ...host, address: "{{ lookup('pipe','id') }}" })).toBeNull();
  });
});
