import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashPlaybookTree } from '#common/playbooks/hash-playbook-tree.ts';
import { runCommand } from '#common/process/run-command.ts';
import { requestEnd, attemptState, buryAttempt } from '#activities/ansible/supervisor-process.ts';
import { createRunStore, type AttemptPaths } from '#activities/ansible/run-folder.ts';
import type { RunPlan } from '#activities/ansible/run-plan.ts';
import { descendantsOf } from '#activities/ansible/processes.ts';
import { attemptMarker, startAttempt, type AnsibleSettings } from '#activities/ansible/start-attempt.ts';
import { renewLease } from '#activities/ansible/lease.ts';
import {
  ansible,
  eventually,
  localHost,
  makeRunPlace,
  processesInNamespace,
  processesWithArgument,
  type RunPlace,
} from './run-harness.ts';

let place: RunPlace;
beforeAll(async () => {
  place = await makeRunPlace();
});
afterAll(async () => {
  const store = createRunStore(place.home);
  for (const id of await store.list()) await store.remove(id);
  await place.remove();
});

interface Started {
  paths: AttemptPaths;
  deploymentId: string;
  supervisor: number;
  tree: number;
  namespace: string;
}

async function start(plan: RunPlan, settings: AnsibleSettings = ansible): Promise<Started> {
  const store = createRunStore(place.home);
  const deploymentId = randomUUID();
  const paths = store.attempt(deploymentId, 1);
  await startAttempt(store, settings, { deploymentId, attempt: 1, plan, hosts: plan.hosts, activityId: 'a' }, () =>
    Promise.resolve(),
  );
  const file = await eventually('the supervisor planted its tree', async () => {
    const found = JSON.parse(await readFile(paths.supervisor, 'utf8').catch(() => '{}')) as Record<string, unknown>;
    return typeof found.treePid === 'number' ? found : undefined;
  });
  const tree = file.treePid as number;
  return { paths, deploymentId, supervisor: file.pid as number, tree, namespace: String(file.namespace) };
}

async function ended(paths: AttemptPaths, timeoutMs = 20_000) {
  return eventually(
    'the attempt ended',
    async () => {
      const state = await attemptState(paths);
      return state.kind === 'ended' ? state.exit : undefined;
    },
    timeoutMs,
  );
}

/** Keeps the lease of a run, as its follower does. */
function keepLease(paths: AttemptPaths): () => void {
  const timer = setInterval(() => void renewLease(paths, 15).catch(() => undefined), 1000);
  return () => {
    clearInterval(timer);
  };
}

/** A number of seconds that no other process on this machine sleeps for. */
const mark = () => `7${String(randomInt(10_000_000, 99_999_999))}`;

const IGNORES = String.raw`trap '' TERM INT HUP; while :; do sleep MARK & wait $!; done`;
const DETACHES = String.raw`env -i setsid sh -c 'setsid sh -c "trap \"\" TERM; sleep MARK; sleep MARK" & exit 0'; sleep MARK`;
/** What sudo makes of a task: a process of another user, whom only root may signal. */
const OTHER_USER = 'setpriv --reuid 65534 --regid 65534 --clear-groups setsid sleep MARK';

const stubborn = (sleepMark: string) =>
  [IGNORES, DETACHES, OTHER_USER]
    .map((script, index) => {
      const line = script.replaceAll('MARK', sleepMark);
      return `    - name: Hang ${String(index)}\n      raw: ${JSON.stringify(line)}\n      when: inventory_hostname == groups['all'][${String(index)}]\n`;
    })
    .join('');

const plans = { pid: undefined, none: false } as const;

describe.each(Object.entries(plans))('the ladder (namespace: %s)', (namespace, namespaces) => {
  it('leaves no process of a run within 5 s, whatever it did to get away', async () => {
    const sleepMark = mark();
    const hosts = [localHost(), localHost(), localHost()];
    // One task for each host at once: the play goes on without waiting for the others.
    const plan = await place.plan(stubborn(sleepMark), hosts);
    await writeFile(
      plan.playbookFile,
      (await readFile(plan.playbookFile, 'utf8')).replace('hosts: all', 'hosts: all\n  strategy: free'),
    );
    const run = await start(
      { ...plan, playbookHash: await hashPlaybookTree(plan.playbookFile, plan.rolesDir) },
      { ...ansible, namespaces },
    );
    expect(run.namespace).toBe(namespace);
    const release = keepLease(run.paths);
    try {
      await eventually('all three hang', async () => (await processesWithArgument(sleepMark)).length >= 4);
      const below = await descendantsOf([run.supervisor]);
      expect(below.length).toBeGreaterThan(6);
      const inside = namespace === 'pid' ? await readlink(`/proc/${String(run.tree)}/ns/pid`) : undefined;
      const before = Date.now();
      await requestEnd(run.paths, 'cancelled');
      const exit = await ended(run.paths, 5000);
      expect(exit.reason).toBe('cancelled');
      expect(Date.now() - before).toBeLessThan(5000);
      expect(await processesWithArgument(sleepMark)).toEqual([]);
      if (inside !== undefined) {
        const left = async () => (await processesInNamespace(inside)).length;
        await eventually('its namespace is empty', async () => (await left()) === 0, 5000 - (Date.now() - before));
      }
      await eventually('the supervisor is gone', async () => (await descendantsOf([run.supervisor])).length === 0);
    } finally {
      release();
    }
  });

  it('ends Ansible when the supervisor is killed', async () => {
    const sleepMark = mark();
    const run = await start(
      await place.plan(`    - raw: ${JSON.stringify(DETACHES.replaceAll('MARK', sleepMark))}\n`, [localHost()]),
      {
        ...ansible,
        namespaces,
      },
    );
    await eventually('the task hangs', async () => (await processesWithArgument(sleepMark)).length >= 2);
    process.kill(run.supervisor, 'SIGKILL');
    await eventually('nothing is left', async () => (await processesWithArgument(sleepMark)).length === 0, 5000);
    expect((await attemptState(run.paths)).kind).toBe('gone');
    const exit = await buryAttempt(run.paths, attemptMarker(run.deploymentId, 1));
    expect(exit.reason).toBe('lost');
    expect(await attemptState(run.paths)).toEqual({ kind: 'ended', exit });
  });

  it('ends Ansible when nobody renews the lease', async () => {
    const sleepMark = mark();
    const run = await start(await place.plan(`    - raw: sleep ${sleepMark}\n`, [localHost()]), {
      ...ansible,
      namespaces,
    });
    await eventually('the task runs', async () => (await processesWithArgument(sleepMark)).length > 0);
    await renewLease(run.paths, 1);
    expect((await ended(run.paths)).reason).toBe('lease_lost');
    expect(await processesWithArgument(sleepMark)).toEqual([]);
  });
});

const asNobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
const runsAsNobody = (...command: string[]) => spawnSync('setpriv', [...asNobody, ...command]).status === 0;
const systemPython = ['/usr/bin/python3', ansible.python].find((python) => runsAsNobody(python, '-c', 'import ctypes'));
const canIsolate = runsAsNobody('unshare', '--user', '--pid', '--fork', 'true');

describe('a run as an ordinary user', () => {
  it('isolates Ansible in a user namespace where the kernel allows it, and ends it for certain', async () => {
    const sleepMark = mark();
    // The supervisor is started by a wrapper that gives up root; its folders belong to that user.
    const wrapper = join(place.home, 'python-as-nobody');
    await writeFile(
      wrapper,
      `#!/bin/sh\nchown -R 65534:65534 "$PWD/../.."\nexec setpriv ${asNobody.join(' ')} ${String(systemPython)} "$@"\n`,
    );
    await chmod(wrapper, 0o755);
    // Ansible itself may be out of that user's reach: what it would start is enough here.
    const program = join(place.home, 'in-place-of-ansible');
    await writeFile(program, `#!/bin/sh\n${DETACHES.replaceAll('MARK', sleepMark)}\n`);
    await chmod(program, 0o755);
    await mkdir(join(place.home, 'runs'), { recursive: true });
    for (const folder of ['..', '.', 'runs']) await chmod(join(place.home, folder), 0o755);
    const plan = await place.plan('    - debug: msg=never\n', [localHost()]);
    const run = await start(plan, { ...ansible, python: wrapper, ansiblePlaybook: program });
    const release = keepLease(run.paths);
    try {
      expect(run.namespace).toBe(canIsolate ? 'user+pid' : 'none');
      await eventually('the task hangs', async () => (await processesWithArgument(sleepMark)).length >= 2);
      await requestEnd(run.paths, 'cancelled');
      expect((await ended(run.paths, 5000)).reason).toBe('cancelled');
      expect(await processesWithArgument(sleepMark)).toEqual([]);
    } finally {
      release();
    }
  });
});

describe('what a run leaves on the disk', () => {
  it('holds no private key, no masked secret in output or events, and sockets elsewhere', async () => {
    const keyFile = join(place.home, 'key');
    await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', keyFile]);
    const privateKey = await readFile(keyFile, 'utf8');
    const secret = 'Tr0ub4dor&3 "quoted"';
    const remote = localHost(randomUUID(), {
      isLocal: false,
      address: '127.0.0.1',
      port: 9,
      keyId: 'k1',
      hostKey: 'ssh-ed25519 AAAA',
    });
    const plan = await place.plan(
      '    - name: "Show {{ password }}"\n      debug: msg="{{ password }} {{ password | b64encode }} {{ password | urlencode }}"\n' +
        '    - name: List the keys that the agent holds\n      raw: ssh-add -l\n      register: held\n      when: inventory_hostname == local_id\n' +
        '    - debug: var=held.stdout_lines\n' +
        '    - fail: msg="no {{ password }}"\n',
      [localHost(), remote],
      {
        variables: { password: secret },
        secrets: [secret],
        keys: [{ id: 'k1', publicKey: (await readFile(`${keyFile}.pub`, 'utf8')).trim(), privateKey }],
      },
    );
    const run = await start({ ...plan, variables: { ...plan.variables, local_id: plan.hosts[0]?.id ?? '' } });
    await ended(run.paths);
    const output = await readFile(run.paths.output, 'utf8');
    const events = await readFile(run.paths.events, 'utf8');
    expect(output).toContain('256 SHA256:');
    expect(output).toContain('********');
    for (const text of [output, events]) {
      expect(text).not.toContain('Tr0ub4dor');
      expect(text).not.toContain(Buffer.from(secret).toString('base64'));
    }
    const keyBody = privateKey.split('\n').slice(1, 3).join('');
    for (const name of await readdir(join(run.paths.folder, '../..'), { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const content = await readFile(join(name.parentPath, name.name), 'utf8');
      expect([name.name, content.includes('PRIVATE KEY'), content.replaceAll('\n', '').includes(keyBody)]).toEqual([
        name.name,
        false,
        false,
      ]);
    }
    expect(run.paths.sockets.length).toBeLessThan(60);
  });

  it('stops keeping output at its limit, says so, and lets the run go on', async () => {
    const plan = await place.plan('    - debug: msg="{{ range(20000) | list }}"\n    - debug: msg=after\n', [
      localHost(),
    ]);
    const run = await start(plan, { ...ansible, maxOutputBytes: 20_000 });
    const exit = await ended(run.paths);
    expect(exit).toMatchObject({ reason: 'exited', exitCode: 0 });
    const output = await readFile(run.paths.output, 'utf8');
    expect(output.length).toBeLessThan(20_200);
    expect(output.trimEnd().split('\n').at(-1)).toMatch(/^\[admiral\] The output is longer than 20000 bytes/);
    expect(await readFile(run.paths.events, 'utf8')).toContain('"kind":"end"');
  });

  it('reports a job that was not handed over whole, and a key that no agent takes', async () => {
    const plan = await place.plan(
      '    - debug: msg=never\n',
      [localHost(randomUUID(), { isLocal: false, address: 'a', keyId: 'k', hostKey: 'x y' })],
      {
        keys: [{ id: 'k', publicKey: 'ssh-ed25519 AAAA', privateKey: 'no key' }],
      },
    );
    const run = await start(plan);
    const exit = await ended(run.paths);
    expect(exit.reason).toBe('start_failed');
    expect(exit.message).toContain('SSH key');
  });
});
