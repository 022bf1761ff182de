import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { basicEnvironment } from '#common/process/run-command.ts';
import type { RunPlan } from '#activities/ansible/run-plan.ts';
import { createRunStore } from '#activities/ansible/run-folder.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '#tests/support/postgres.ts';
import { makeFollower, makeLink, type Follower, type FollowerOptions } from './run-follower.ts';
import { eventually, localHost, makeRunPlace, processesWithArgument, type RunPlace } from './run-harness.ts';

let postgres: TestPostgres;
let database: TestDatabase;
let sql: pg.Pool;
let place: RunPlace;
let followers: Follower[];
let children: ChildProcess[];

beforeAll(async () => {
  postgres = await startTestPostgres();
}, 120_000);
afterAll(() => postgres.stop());

beforeEach(async () => {
  database = await postgres.createDatabase();
  sql = new pg.Pool({ ...database.owner, max: 2 });
  sql.on('error', () => undefined);
  place = await makeRunPlace();
  followers = [];
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(followers.map((follower) => follower.runs.stopAll('interrupt').then(follower.close)));
  await sql.end();
  await database.drop();
  await place.remove();
});

/** Row and hosts of a deployment, as the api makes them. */
async function order(plan: RunPlan): Promise<string> {
  const id = randomUUID();
  await sql.query(
    `INSERT INTO admiral.deployments (id, name, playbook, playbook_hash, actor_kind, actor_name, "authorization")
     VALUES ($1, 'test', 'ops/test', $2, 'user', 'test', 'none')`,
    [id, plan.playbookHash],
  );
  for (const [position, host] of plan.hosts.entries()) {
    await sql.query(
      'INSERT INTO admiral.deployment_servers (deployment_id, server_id, server_name, position) VALUES ($1, $2, $3, $4)',
      [id, host.id, host.name, position],
    );
  }
  return id;
}

function follower(plan: RunPlan, more: Partial<FollowerOptions> = {}): Follower {
  const made = makeFollower({
    home: place.home,
    database: database.service,
    plan: () => Promise.resolve(plan),
    ...more,
  });
  followers.push(made);
  return made;
}

const input = (deploymentId: string, confirmed = false) => ({ deploymentId, authorization: '', confirmed });

interface HostRow {
  server_id: string;
  state: string;
  reason: string | null;
}
const hostsOf = async (id: string) =>
  (
    await sql.query<HostRow>('SELECT * FROM admiral.deployment_servers WHERE deployment_id = $1 ORDER BY position', [
      id,
    ])
  ).rows;
const statesOf = async (id: string) => (await hostsOf(id)).map((host) => host.state);

interface EventRow {
  sequence: string;
  kind: string;
  server_id: string | null;
  task: string | null;
}
const eventsOf = async (id: string) =>
  (
    await sql.query<EventRow>('SELECT * FROM admiral.deployment_events WHERE deployment_id = $1 ORDER BY sequence', [
      id,
    ])
  ).rows;
const outputOf = async (id: string) =>
  (
    await sql.query<{ sequence: string; chunk: string }>(
      'SELECT * FROM admiral.deployment_output WHERE deployment_id = $1 ORDER BY sequence',
      [id],
    )
  ).rows;

/** Every number once and in order; every host's start of a task exactly once. */
async function expectWhole(id: string, tasks: number, hosts: number): Promise<void> {
  const events = await eventsOf(id);
  expect(events.map((event) => Number(event.sequence))).toEqual(events.map((_event, index) => index + 1));
  for (const kind of ['start', 'ok']) {
    const seen = events
      .filter((event) => event.kind === kind)
      .map((event) => `${String(event.server_id)} ${String(event.task)}`);
    expect(seen).toHaveLength(tasks * hosts);
    expect(new Set(seen).size).toBe(tasks * hosts);
  }
  const output = await outputOf(id);
  expect(output.map((chunk) => Number(chunk.sequence))).toEqual(output.map((_chunk, index) => index + 1));
  const text = output.map((chunk) => chunk.chunk).join('');
  expect(text.match(/PLAY RECAP/g)).toHaveLength(1);
}

async function expectNothingLeft(id: string, sleepMark?: string): Promise<void> {
  expect(existsSync(createRunStore(place.home).runFolder(id))).toBe(false);
  if (sleepMark !== undefined) expect(await processesWithArgument(sleepMark)).toEqual([]);
}

const mark = () => `7${String(randomInt(10_000_000, 99_999_999))}`;
/** Appends the host's id to a file at each task, so that a second time shows. */
const noteTask = (file: string, number: number) =>
  `    - name: Note ${String(number)}\n      raw: echo ${String(number)} {{ inventory_hostname }} >> ${file}; sleep 0.3\n`;
const lines = async (file: string) =>
  (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

describe('a run', () => {
  it('brings every event and all output into the database, and leaves nothing behind', async () => {
    const hosts = [localHost(), localHost(), localHost()];
    const plan = await place.plan(
      '    - name: Change\n      raw: echo hello\n      when: inventory_hostname == first\n' +
        '    - name: Fail\n      fail: msg="not here"\n      when: inventory_hostname == second\n',
      hosts,
      { variables: { first: hosts[0]?.id ?? '', second: hosts[1]?.id ?? '' } },
    );
    const id = await order(plan);
    const { runs, updates } = follower(plan);
    const result = await runs.runPlaybook(input(id), makeLink());
    expect(result).toMatchObject({ kind: 'finished', counts: { changed: 1, failed: 1, ok: 1 } });
    expect(await statesOf(id)).toEqual(['changed', 'failed', 'ok']);
    expect((await hostsOf(id))[1]?.reason).toBe('Fail: not here');
    await expectNothingLeft(id);
    const events = await eventsOf(id);
    expect(events.at(-1)?.kind).toBe('end');
    expect(updates.flatMap((update) => update.events ?? []).map((event) => event.sequence)).toEqual(
      events.map((event) => Number(event.sequence)),
    );
    expect(
      updates
        .flatMap((update) => update.output ?? [])
        .map((chunk) => chunk.chunk)
        .join(''),
    ).toContain('PLAY RECAP');
    // Once more: the activity is asked again after it had answered, and nothing runs a second time.
    expect(await runs.runPlaybook(input(id), makeLink())).toEqual(result);
    expect(await eventsOf(id)).toHaveLength(events.length);
  });

  it('takes every text from outside as text: no template of it runs anything', async () => {
    const canary = join(place.home, 'CANARY');
    const text = `{{ lookup('pipe','touch ${canary}') }}`;
    const trap = (id: string) =>
      localHost(id, {
        name: text,
        address: text,
        user: text,
        variables: { admiral_tags: [text], admiral_metadata: { [text]: text } },
      });
    const hosts = [
      trap(randomUUID()),
      { ...trap(randomUUID()), isLocal: false, keyId: 'k', hostKey: 'ssh-ed25519 AAAA' },
    ];
    const plan = await place.plan(
      `    - name: "Show {{ value }}"\n      debug: msg="{{ value }}|{{ admiral_name }}|{{ ansible_host }}|{{ ansible_user }}|{{ admiral_tags }}|{{ admiral_metadata }}"\n` +
        '    - name: Reach\n      raw: "true"\n',
      hosts,
      { variables: { value: text } },
    );
    const id = await order(plan);
    await follower(plan).runs.runPlaybook(input(id), makeLink());
    expect(await statesOf(id)).toEqual(['changed', 'unreachable']);
    const output = (await outputOf(id)).map((chunk) => chunk.chunk).join('');
    expect(output).toContain(`${text}|${text}|${text}|${text}|`);
    expect(existsSync(canary)).toBe(false);
  });

  it('refuses names of Ansible itself, options in the place of addresses, and hosts without a pinned key, each by its own reason', async () => {
    const remote = { isLocal: false, keyId: 'k', hostKey: 'ssh-ed25519 AAAA' };
    const hosts = [
      localHost(randomUUID(), { variables: { ansible_connection: 'local' } }),
      localHost(randomUUID(), { ...remote, address: '-oProxyCommand=touch /tmp/never' }),
      localHost(randomUUID(), { ...remote, address: '192.0.2.1', user: 'x" -o y' }),
      localHost(randomUUID(), { ...remote, address: '192.0.2.1', hostKey: null }),
      localHost(randomUUID(), { ...remote, address: '192.0.2.1', keyId: null }),
    ];
    const plan = await place.plan('    - raw: "true"\n', hosts);
    const id = await order({ ...plan, hosts: [...hosts, localHost()] });
    await follower(plan).runs.runPlaybook(input(id), makeLink());
    const rows = await hostsOf(id);
    expect(rows.map((row) => row.state)).toEqual(Array(6).fill('failed'));
    const words = ['ansible_connection', 'address', 'user name', 'host key', 'SSH key', 'removed'];
    for (const [index, row] of rows.entries()) expect(row.reason).toContain(words[index]);
    await expectNothingLeft(id);
  });

  it('refuses a playbook that is not what was authorized, and starts nothing', async () => {
    const file = join(place.home, 'ran');
    const plan = await place.plan(`    - raw: touch ${file}\n`, [localHost()]);
    const id = await order(plan);
    await writeFile(plan.playbookFile, `${await readFile(plan.playbookFile, 'utf8')}    - raw: touch ${file}-2\n`);
    await expect(follower(plan).runs.runPlaybook(input(id), makeLink())).rejects.toMatchObject({
      code: 'playbook_changed',
    });
    expect(existsSync(file)).toBe(false);
  });

  it('fails the hosts when Ansible ends before it came to them', async () => {
    const plan = await place.plan('    - no_such_module: {}\n', [localHost()]);
    const id = await order(plan);
    await follower(plan).runs.runPlaybook(input(id), makeLink());
    expect(await hostsOf(id)).toMatchObject([
      { state: 'failed', reason: expect.stringContaining('before it came to this host') },
    ]);
  });
});

describe('cancel', () => {
  it('ends the run, marks what was in the middle unknown and what had not begun skipped, and removes the folder', async () => {
    const sleepMark = mark();
    const hosts = [localHost(), localHost()];
    const plan = await place.plan(`    - name: Hang\n      raw: trap '' TERM; sleep ${sleepMark}\n`, hosts, {
      forks: 1,
    });
    const id = await order(plan);
    const link = makeLink();
    const run = follower(plan).runs.runPlaybook(input(id), link);
    await eventually('the first host hangs', async () => (await processesWithArgument(sleepMark)).length > 0);
    await eventually('it is seen', async () => (await statesOf(id)).includes('running'));
    link.cancel();
    await expect(run).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(await hostsOf(id)).toMatchObject([
      { state: 'unknown', reason: expect.stringContaining('“Hang”') },
      { state: expect.stringMatching(/^(skipped|unknown)$/) },
    ]);
    await expectNothingLeft(id, sleepMark);
  });

  it('before anything started runs nothing', async () => {
    const file = join(place.home, 'ran');
    const plan = await place.plan(`    - raw: touch ${file}\n`, [localHost()]);
    const id = await order(plan);
    const link = makeLink();
    link.cancel();
    await expect(follower(plan).runs.runPlaybook(input(id), link)).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(await statesOf(id)).toEqual(['skipped']);
    expect(existsSync(file)).toBe(false);
  });
});

describe('a worker that dies', () => {
  it('by kill -9 leaves the run alive; the next one adopts it, and no event is lost, doubled or run twice', async () => {
    const file = join(place.home, 'notes');
    const hosts = [localHost(), localHost(), localHost()];
    const tasks = 8;
    const plan = await place.plan(
      Array.from({ length: tasks }, (_none, index) => noteTask(file, index + 1)).join(''),
      hosts,
    );
    const id = await order(plan);
    const orderFile = join(place.home, 'order.json');
    await writeFile(
      orderFile,
      JSON.stringify({ home: place.home, database: database.service, deploymentId: id, plan }),
      { mode: 0o600 },
    );
    const worker = spawn(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, 'run-follower-main.ts'), orderFile],
      {
        env: basicEnvironment() as NodeJS.ProcessEnv,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    children.push(worker);
    await eventually('events arrive', async () => (await eventsOf(id)).length > 8, 40_000);
    worker.kill('SIGKILL');
    await eventually('the run goes on alone', async () => {
      const before = (await lines(file)).length;
      return eventually('a further task', async () => (await lines(file)).length > before);
    });
    expect(await statesOf(id)).toContain('running');
    const second = follower(plan);
    expect(await second.runs.alive()).toEqual([id]);
    await second.runs.hold();
    expect(await second.runs.runPlaybook(input(id), makeLink())).toMatchObject({
      kind: 'finished',
      counts: { changed: 3 },
    });
    await expectWhole(id, tasks, hosts.length);
    expect(new Set(await lines(file)).size).toBe(tasks * hosts.length);
    expect(await lines(file)).toHaveLength(tasks * hosts.length);
    expect((await sql.query<{ attempt: number }>('SELECT attempt FROM admiral.deployments')).rows).toEqual([
      { attempt: 1 },
    ]);
    await expectNothingLeft(id);
  }, 60_000);

  it('in order hands the run over; a second call in the same process takes it from the first', async () => {
    const file = join(place.home, 'notes');
    const plan = await place.plan([1, 2, 3, 4, 5, 6].map((number) => noteTask(file, number)).join(''), [
      localHost(),
      localHost(),
    ]);
    const id = await order(plan);
    const first = follower(plan);
    const link = makeLink();
    const firstRun = first.runs.runPlaybook(input(id), link);
    void firstRun.catch(() => undefined);
    await eventually('events arrive', async () => (await eventsOf(id)).length > 4);
    const secondRun = first.runs.runPlaybook(input(id), makeLink());
    void secondRun.catch(() => undefined);
    await expect(firstRun).rejects.toMatchObject({ code: 'run_superseded' });
    await first.runs.stopAll('keep');
    await expect(secondRun).rejects.toMatchObject({ code: 'run_handed_over' });
    await expect(first.runs.runPlaybook(input(id), makeLink())).rejects.toMatchObject({ code: 'run_handed_over' });
    const lease = JSON.parse(await readFile(createRunStore(place.home).attempt(id, 1).lease, 'utf8')) as unknown;
    expect(lease).toMatchObject({ ttlSeconds: 3600 });
    expect(await follower(plan).runs.runPlaybook(input(id), makeLink())).toMatchObject({ kind: 'finished' });
    await expectWhole(id, 6, 2);
    expect(await lines(file)).toHaveLength(12);
  }, 60_000);
});

describe('a supervisor that dies', () => {
  const killSupervisor = async (id: string, attempt: number) => {
    const { supervisor } = createRunStore(place.home).attempt(id, attempt);
    const { pid } = JSON.parse(await readFile(supervisor, 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
  };

  it('is noticed: its Ansible is gone, and a playbook that is safe to repeat runs again on what has no result', async () => {
    const sleepMark = mark();
    const once = join(place.home, 'once');
    const plan = await place.plan(
      `    - name: Hang the first time\n      raw: test -e ${once}-{{ inventory_hostname }} || (touch ${once}-{{ inventory_hostname }}; sleep ${sleepMark})\n`,
      [localHost(), localHost()],
    );
    const id = await order(plan);
    const run = follower(plan).runs.runPlaybook(input(id), makeLink());
    await eventually('both hang', async () => (await processesWithArgument(sleepMark)).length >= 2);
    await eventually('it is seen', async () => (await statesOf(id)).every((state) => state === 'running'));
    await killSupervisor(id, 1);
    expect(await run).toMatchObject({ kind: 'finished', counts: { changed: 2 } });
    await expectNothingLeft(id, sleepMark);
    expect((await sql.query<{ attempt: number }>('SELECT attempt FROM admiral.deployments')).rows).toEqual([
      { attempt: 2 },
    ]);
  }, 60_000);

  it('asks a person where the playbook is not safe to repeat, once for each time', async () => {
    const sleepMark = mark();
    const hosts = [localHost(), localHost()];
    const plan = await place.plan(`    - raw: sleep ${sleepMark}\n`, hosts, { repeatable: false });
    const id = await order(plan);
    const { runs } = follower(plan);
    const question = { kind: 'needsConfirmation', hostIds: hosts.map((host) => host.id) };
    for (const [attempt, link, confirmed] of [
      [1, makeLink('1'), false],
      [2, makeLink('2'), true],
    ] as const) {
      const run = runs.runPlaybook(input(id, confirmed), link);
      await eventually('both hang', async () => (await processesWithArgument(sleepMark)).length >= 2);
      await eventually('it is seen', async () => (await statesOf(id)).every((state) => state === 'running'));
      await killSupervisor(id, attempt);
      expect(await run).toEqual(question);
      expect(await statesOf(id)).toEqual(['unknown', 'unknown']);
      // Tried again without a word from anybody: the same question.
      expect(await runs.runPlaybook(input(id, confirmed), link)).toEqual(question);
    }
    const left = await readdir(createRunStore(place.home).attempt(id, 2).folder);
    expect(left.sort()).toEqual(['exit.json', 'meta.json', 'supervisor.json']);
  }, 60_000);
});

describe('stopping the installation', () => {
  it('ends runs by the ladder, marks their hosts, and the next start runs only what has no result', async () => {
    const sleepMark = mark();
    const file = join(place.home, 'notes');
    const hosts = [localHost(), localHost()];
    const plan = await place.plan(
      `${noteTask(file, 1)}    - meta: end_host\n      when: inventory_hostname == done\n    - name: Hang\n      raw: test -e ${file}-stopped || sleep ${sleepMark}\n`,
      hosts,
      { variables: { done: hosts[0]?.id ?? '' } },
    );
    const id = await order(plan);
    const first = follower(plan);
    const run = first.runs.runPlaybook(input(id), makeLink());
    void run.catch(() => undefined);
    await eventually('one hangs', async () => (await processesWithArgument(sleepMark)).length > 0);
    expect(first.runs.following()).toEqual([id]);
    await first.runs.stopAll('interrupt');
    await expect(run).rejects.toMatchObject({ code: 'run_interrupted' });
    expect(await statesOf(id)).toEqual(['interrupted', 'interrupted']);
    expect(await processesWithArgument(sleepMark)).toEqual([]);
    await writeFile(`${file}-stopped`, '');
    expect(await follower(plan).runs.runPlaybook(input(id), makeLink())).toMatchObject({
      kind: 'finished',
      counts: { changed: 2 },
    });
    await expectNothingLeft(id);
  }, 60_000);

  it('asks before it goes on with a playbook that is not safe to repeat', async () => {
    const sleepMark = mark();
    const file = join(place.home, 'stopped');
    const hosts = [localHost(), localHost()];
    const plan = await place.plan(`    - name: Hang\n      raw: test -e ${file} || sleep ${sleepMark}\n`, hosts, {
      repeatable: false,
    });
    const id = await order(plan);
    const first = follower(plan);
    const run = first.runs.runPlaybook(input(id), makeLink());
    void run.catch(() => undefined);
    await eventually('both hang', async () => (await statesOf(id)).every((state) => state === 'running'));
    await first.runs.stopAll('interrupt');
    await expect(run).rejects.toMatchObject({ code: 'run_interrupted' });
    await writeFile(file, '');
    const second = follower(plan);
    const hostIds = hosts.map((host) => host.id);
    expect(await second.runs.runPlaybook(input(id), makeLink())).toEqual({ kind: 'needsConfirmation', hostIds });
    expect(await statesOf(id)).toEqual(['interrupted', 'interrupted']);
    expect(await second.runs.runPlaybook(input(id, true), makeLink())).toMatchObject({
      kind: 'finished',
      counts: { changed: 2 },
    });
    await expectNothingLeft(id, sleepMark);
  }, 60_000);
});

describe('the database', () => {
  it('away for a while, or writing without saying so, costs no event and doubles none', async () => {
    const file = join(place.home, 'notes');
    const plan = await place.plan([1, 2, 3, 4, 5, 6].map((number) => noteTask(file, number)).join(''), [
      localHost(),
      localHost(),
    ]);
    const id = await order(plan);
    let calls = 0;
    const { runs } = follower(plan, {
      around: (records) => ({
        ...records,
        appendBatch: async (batch) => {
          calls += 1;
          const done = await records.appendBatch(batch);
          // Every third write happens, and its answer is lost.
          if (calls % 3 === 0) throw Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' });
          return done;
        },
      }),
    });
    const run = runs.runPlaybook(input(id), makeLink());
    void run.catch(() => undefined);
    await eventually('events arrive', async () => (await eventsOf(id)).length > 4);
    await postgres.kill();
    const before = (await lines(file)).length;
    await eventually('the run goes on', async () => (await lines(file)).length > before + 1);
    await postgres.restart();
    expect(await run).toMatchObject({ kind: 'finished', counts: { changed: 2 } });
    await expectWhole(id, 6, 2);
    expect(await lines(file)).toHaveLength(12);
    expect(calls).toBeGreaterThan(3);
  }, 90_000);

  it('is fed by two workers at once, and still holds everything once', async () => {
    const file = join(place.home, 'notes');
    const plan = await place.plan([1, 2, 3, 4, 5, 6].map((number) => noteTask(file, number)).join(''), [
      localHost(),
      localHost(),
    ]);
    const id = await order(plan);
    const [one, two] = [follower(plan), follower(plan)];
    const results = await Promise.all([
      one.runs.runPlaybook(input(id), makeLink()),
      two.runs.runPlaybook(input(id), makeLink()),
    ]);
    for (const result of results) expect(result).toMatchObject({ kind: 'finished', counts: { changed: 2 } });
    await expectWhole(id, 6, 2);
    expect(await lines(file)).toHaveLength(12);
  }, 60_000);

  it('keeps texts that it cannot hold as they are in a form that it can', async () => {
    const plan = await place.plan(
      String.raw`    - name: "Odd \ud83d name"` + '\n      debug: msg="{{ odd }}"\n    - fail: msg="{{ odd }}"\n',
      [localHost()],
      {
        variables: { odd: 'null \u0000 and half \ud83d' },
      },
    );
    const id = await order(plan);
    expect(await follower(plan).runs.runPlaybook(input(id), makeLink())).toMatchObject({
      kind: 'finished',
      counts: { failed: 1 },
    });
  });
});

describe('the sweep', () => {
  it('takes away the folders of runs that are over, and the sockets with them', async () => {
    const store = createRunStore(place.home);
    const [over, open] = [randomUUID(), randomUUID()];
    for (const id of [over, open]) await store.createAttempt(id, 1);
    await follower(await place.plan('', [])).runs.sweep((id) => Promise.resolve(id === over));
    expect(await store.list()).toEqual([open]);
    expect(existsSync(store.attempt(over, 1).sockets)).toBe(false);
    expect((await stat(store.attempt(open, 1).folder)).mode & 0o777).toBe(0o700);
    await store.remove(open);
  });
});
