import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hashPlaybookTree } from '#common/playbooks/hash-playbook-tree.ts';
import type { RunHost, RunPlan } from '#activities/ansible/run-plan.ts';
import type { AnsibleSettings } from '#activities/ansible/start-attempt.ts';
import { makeTempFolder } from '#tests/support/temp-folder.ts';
import { until } from '#tests/support/until.ts';

const root = resolve(import.meta.dirname, '../..');
const venv = join(root, '.tools/venv/bin');

export const ansible: AnsibleSettings = {
  ansibleDir: join(root, 'ansible'),
  ansiblePlaybook: join(venv, 'ansible-playbook'),
  python: join(venv, 'python3'),
};
if (!existsSync(ansible.ansiblePlaybook)) throw new Error('Ansible is missing: npm test installs it into .tools/venv.');

/** A home, and a playbook with one empty role beside it. */
export interface RunPlace {
  home: string;
  /** A plan over the given hosts with a playbook of these tasks (YAML, four blanks in). */
  plan: (tasks: string, hosts: readonly RunHost[], more?: Partial<RunPlan>) => Promise<RunPlan>;
  remove: () => Promise<void>;
}

export async function makeRunPlace(): Promise<RunPlace> {
  const folder = await makeTempFolder('run');
  const home = join(folder, 'home');
  await mkdir(home, { mode: 0o700 });
  return {
    home,
    plan: async (tasks, hosts, more = {}) => {
      const source = join(folder, `source-${randomUUID()}`);
      const rolesDir = join(source, 'roles');
      const playbookFile = join(source, 'play.yml');
      await mkdir(join(rolesDir, 'none', 'tasks'), { recursive: true });
      await writeFile(join(rolesDir, 'none', 'tasks', 'main.yml'), '[]\n');
      await writeFile(playbookFile, `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`);
      return {
        playbookFile,
        rolesDir,
        playbookHash: await hashPlaybookTree(playbookFile, rolesDir),
        repeatable: true,
        hosts,
        variables: {},
        keys: [],
        secrets: [],
        forks: 10,
        ...more,
      };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A host that is this machine, over Ansible's local connection. */
export function localHost(id: string = randomUUID(), more: Partial<RunHost> = {}): RunHost {
  return {
    id,
    name: `host ${id.slice(0, 4)}`,
    address: 'local',
    port: 22,
    user: 'root',
    keyId: null,
    hostKey: null,
    isLocal: true,
    variables: {},
    ...more,
  };
}

/** `until` with the patience that a run of Ansible needs. */
export function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  timeoutMs = 20_000,
): Promise<NonNullable<Exclude<T, false>>> {
  return until(what, ask, timeoutMs);
}

/** Ids of all processes whose command line holds the text: a mark that no detaching sheds. */
export async function processesWithArgument(text: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const commandLine = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.split('\0').includes(text)) found.push(Number(name));
  }
  return found;
}

/** Ids of all processes in the given process namespace (`pid:[…]`). */
export async function processesInNamespace(namespace: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const link = await readlink(`/proc/${name}/ns/pid`).catch(() => '');
    if (link === namespace) found.push(Number(name));
  }
  return found;
}
