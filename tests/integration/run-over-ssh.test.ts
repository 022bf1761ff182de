import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomInt, randomUUID } from 'node:crypto';
import pg from 'pg';
import ssh2 from 'ssh2';
import type { RunHost } from '#activities/ansible/run-plan.ts';
import { describeWithFleet } from '#tests/fleet/describe-with-fleet.ts';
import { startFleet, type Fleet } from '#tests/fleet/fleet.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '#tests/support/postgres.ts';
import { makeFollower, makeLink, type Follower } from './run-follower.ts';
import { eventually, makeRunPlace, type RunPlace } from './run-harness.ts';

describeWithFleet('a run over SSH', () => {
  let fleet: Fleet;
  let postgres: TestPostgres;
  let database: TestDatabase;
  let sql: pg.Pool;
  let place: RunPlace;
  const followers: Follower[] = [];

  beforeAll(async () => {
    [fleet, postgres] = await Promise.all([startFleet(), startTestPostgres()]);
    database = await postgres.createDatabase();
    sql = new pg.Pool({ ...database.owner, max: 2 });
    place = await makeRunPlace();
  }, 600_000);
  afterAll(async () => {
    await Promise.all(followers.map((follower) => follower.runs.stopAll('interrupt').then(follower.close)));
    await sql.end();
    await Promise.all([fleet.stop(), postgres.stop(), place.remove()]);
  });

  const hostKey = async (name: string) =>
    (await fleet.readFile(name, '/etc/ssh/ssh_host_ed25519_key.pub')).split(' ').slice(0, 2).join(' ').trim();
  const target = async (name: string, more: Partial<RunHost> = {}): Promise<RunHost> => ({
    id: randomUUID(),
    name,
    address: fleet.host(name).sshHost,
    port: fleet.host(name).sshPort,
    user: 'ops',
    keyId: 'fleet',
    hostKey: await hostKey(name),
    isLocal: false,
    variables: {},
    ...more,
  });

  async function run(tasks: string, hosts: RunHost[]) {
    const key = { id: 'fleet', publicKey: fleet.publicKey, privateKey: fleet.privateKey };
    const plan = await place.plan(tasks, hosts, { keys: [key] });
    const id = randomUUID();
    await sql.query(
      `INSERT INTO admiral.deployments (id, name, playbook, playbook_hash, actor_kind, actor_name, "authorization")
       VALUES ($1, 'test', 'ops/test', $2, 'user', 'test', 'none')`,
      [id, plan.playbookHash],
    );
    for (const [position, host] of hosts.entries()) {
      await sql.query(
        'INSERT INTO admiral.deployment_servers (deployment_id, server_id, server_name, position) VALUES ($1, $2, $3, $4)',
        [id, host.id, host.name, position],
      );
    }
    const follower = makeFollower({ home: place.home, database: database.service, plan: () => Promise.resolve(plan) });
    followers.push(follower);
    const link = makeLink();
    const result = follower.runs.runPlaybook({ deploymentId: id, authorization: '', confirmed: false }, link);
    void result.catch(() => undefined);
    const rows = async () =>
      (
        await sql.query<{ state: string; reason: string | null }>(
          'SELECT state, reason FROM admiral.deployment_servers WHERE deployment_id = $1 ORDER BY position',
          [id],
        )
      ).rows;
    return { link, result, rows };
  }

  it('reaches hosts with a key from an agent and a pinned host key, and becomes root there', async () => {
    const hosts = [await target('deb12'), await target('deb13')];
    const { result, rows } = await run(
      '    - command: id -un\n      become: true\n      register: who\n      failed_when: who.stdout != "root"\n',
      hosts,
    );
    expect(await result).toMatchObject({ kind: 'finished', counts: { changed: 2 } });
    expect((await rows()).map((row) => row.state)).toEqual(['changed', 'changed']);
  }, 60_000);

  it('fails the host whose key is not the pinned one, the one that refuses the key, and the one that is away; the rest goes on', async () => {
    const stranger = ssh2.utils.generateKeyPairSync('ed25519').public.split(' ').slice(0, 2).join(' ');
    const hosts = [
      await target('deb12', { hostKey: stranger }),
      await target('deb12', { user: 'nobody-here' }),
      await target('deb13', { port: 1 }),
      await target('deb13'),
    ];
    const { result, rows } = await run('    - raw: "true"\n', hosts);
    await result;
    const found = await rows();
    expect(found.map((row) => row.state)).toEqual(['unreachable', 'unreachable', 'unreachable', 'changed']);
    expect(found[0]?.reason).toContain('Host key verification failed');
    expect(found[1]?.reason).toContain('Permission denied');
    expect(found[2]?.reason).toContain('Connection refused');
  }, 60_000);

  it('leaves what had begun on a host to the host when it is cancelled, and says that it does not know', async () => {
    const seconds = `7${String(randomInt(10_000_000, 99_999_999))}`;
    const { link, result, rows } = await run(`    - name: Wait\n      command: sleep ${seconds}\n`, [
      await target('deb12'),
    ]);
    await eventually('the host works', async () => (await fleet.exec('deb12', ['pgrep', '-f', seconds])).code === 0);
    link.cancel();
    await expect(result).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(await rows()).toMatchObject([{ state: 'unknown', reason: expect.stringContaining('“Wait”') }]);
  }, 60_000);
});
