import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { withFailures } from '#activities/failures.ts';
import { createDeploymentRecords } from '#activities/records/deployment-records.ts';
import { canonicalJson, verifyRun } from '#common/crypto/run-authorization.ts';
import { createSealer } from '#common/crypto/seal.ts';
import { isFinalDeploymentState } from '#common/domain/states.ts';
import type { RunPlaybookInput, RunPlaybookResult } from '#workflows/deploy-fleet/activities.ts';
import { DEPLOY_FLEET } from '#workflows/deploy-fleet/messages.ts';
import { ANSIBLE_QUEUE, WORKFLOW_QUEUE } from '#workflows/task-queues.ts';
import { startTestApi, startTestParts, type TestApi, type TestParts } from '#tests/support/api.ts';
import { makeTempFolder } from '#tests/support/temp-folder.ts';
import { until } from '#tests/support/until.ts';

let parts: TestParts;
let api: TestApi;
let token: string;
let folder: string;
let connection: NativeConnection;
let bundle: Awaited<ReturnType<typeof bundleWorkflowCode>>;
const serverIds: string[] = [];

const META = {
  id: 'custom/secret',
  label: 'Secret',
  description: 'Takes a password.',
  repeatable: false,
  variables: [
    { name: 'password', label: 'Password', type: 'password', required: true },
    { name: 'port', label: 'Port', type: 'integer', default: 8080 },
  ],
};

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  parts = await startTestParts();
  folder = await makeTempFolder('ansible');
  const ansibleDir = join(folder, 'ansible');
  await mkdir(join(ansibleDir, 'playbooks', 'custom'), { recursive: true });
  await mkdir(join(ansibleDir, 'roles'));
  await writeFile(join(ansibleDir, 'playbooks', 'custom', 'secret.meta.json'), JSON.stringify(META));
  await writeFile(join(ansibleDir, 'playbooks', 'custom', 'secret.yml'), '- hosts: all\n  tasks: []\n');
  api = await startTestApi({ ...parts, ansibleDir });
  token = await api.tokenFor('operator');
  for (const hostname of ['one', 'two']) {
    const body = { hostname, sshHost: 'local', sshUsername: 'root' };
    serverIds.push((await api.call('POST', '/api/servers', { token, body })).body.id as string);
  }
  bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  connection = await NativeConnection.connect({ address: parts.temporal.address });
}, 240_000);
afterAll(async () => {
  await connection.close();
  await Runtime.instance().shutdown();
  await api.stop();
  await parts.stop();
  await rm(folder, { recursive: true, force: true });
});

const order = (change: object = {}) => ({
  name: 'Release',
  playbook: 'custom/secret',
  serverIds,
  variables: { password: 'hunter2-hunter2' },
  ...change,
});
const create = (change?: object) => api.call('POST', '/api/deployments', { token, body: order(change) });
const get = async (id: string) => (await api.call('GET', `/api/deployments/${id}`, { token })).body;
const waitForState = (id: string, state: string, timeoutMs = 20_000) =>
  until(`${id} is ${state}`, async () => ((await get(id)).state === state ? get(id) : undefined), timeoutMs);

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
  await api.db.deployment.updateMany({ data: { state: 'failed' } });
});

/** Workers with the real workflow and the real records; only the run of Ansible itself is a short stand-in. */
async function startWorkers(runPlaybook: (input: RunPlaybookInput) => Promise<RunPlaybookResult>) {
  const records = createDeploymentRecords({ database: api.db, masterKey: api.masterKey, publish: () => undefined });
  const workers = [
    await Worker.create({ connection, taskQueue: WORKFLOW_QUEUE, workflowBundle: bundle }),
    await Worker.create({
      connection,
      taskQueue: ANSIBLE_QUEUE,
      activities: withFailures({ ...records, runPlaybook }, () => undefined),
      maxHeartbeatThrottleInterval: '200 milliseconds',
    }),
  ];
  const runs = workers.map((worker) => worker.run());
  running.push(async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(runs);
  });
}

const succeed = async ({ deploymentId }: RunPlaybookInput): Promise<RunPlaybookResult> => {
  await api.db.deploymentServer.updateMany({ where: { deploymentId }, data: { state: 'changed', changedCount: 2 } });
  return { kind: 'finished', counts: {} as never };
};
const runUntilCancelled = async (): Promise<RunPlaybookResult> => {
  const { heartbeat, cancelled } = Context.current();
  const beat = setInterval(() => {
    heartbeat();
  }, 100);
  try {
    return await cancelled;
  } finally {
    clearInterval(beat);
  }
};

describe('a deployment', () => {
  it('is signed, sealed, written down and run', async () => {
    await startWorkers(succeed);
    const created = await create();
    expect([created.status, created.body.state, created.body.hostCount]).toEqual([201, 'queued', 2]);
    expect(created.body.variables).toEqual({ password: '[secret]', port: 8080 });
    const id = created.body.id as string;
    const row = await api.db.deployment.findUniqueOrThrow({ where: { id } });
    const stored = row.variables as Record<string, string>;
    expect(
      JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)),
    ).not.toContain('hunter2');
    const place = { table: 'deployments', column: 'variables.password', row: id };
    expect(createSealer(api.masterKey).open(stored.password ?? '', place)).toBe('hunter2-hunter2');
    const { actorKind, actorId, playbook, playbookHash } = row;
    const claim = {
      kind: 'deployment',
      deploymentId: id,
      actorKind,
      actorId,
      playbook,
      playbookHash,
      serverIds,
    } as const;
    verifyRun(api.masterKey, { ...claim, variables: canonicalJson(stored) }, row.authorization, 0);

    const done = await waitForState(id, 'succeeded');
    expect(done.counts.changed).toBe(2);
    expect(done.hosts.map((host: { serverName: string }) => host.serverName)).toEqual(['one', 'two']);
    const history = (await api.call('GET', `/api/deployments/${id}/history`, { token })).body;
    expect(history).toMatchObject({ workflowId: id, state: 'completed' });
    expect(history.entries.map((entry: { title: string; state: string }) => [entry.title, entry.state])).toEqual([
      ['deployFleet started', 'started'],
      ['beginDeployment', 'completed'],
      ['runPlaybook', 'completed'],
      ['finishDeployment', 'completed'],
      ['Completed', 'completed'],
    ]);
    const again = await api.call('POST', `/api/deployments/${id}/cancel`, { token });
    expect([again.status, again.body.code]).toEqual([409, 'already_finished']);
    expect(api.answers.join('\n')).not.toContain('hunter2');
    expect(JSON.stringify(await api.db.auditEntry.findMany())).not.toContain('hunter2');
    expect(JSON.stringify(await api.db.idempotencyKey.findMany())).not.toContain('hunter2');
  }, 60_000);

  it('is not run when somebody else starts it at Temporal’s port', async () => {
    let isRun = false;
    await startWorkers(async (input) => {
      isRun = true;
      return succeed(input);
    });
    const { id } = await api.db.deployment.create({
      data: {
        name: 'forged',
        playbook: 'custom/secret',
        playbookHash: 'x',
        actorKind: 'user',
        actorName: 'x',
        authorization: '',
        isDemo: true,
        servers: { create: { serverId: serverIds[0]!, serverName: 'one', position: 0 } },
      },
    });
    const outside = await Connection.connect({ address: parts.temporal.address });
    const workflow = new Client({ connection: outside }).workflow;
    const args = [{ deploymentId: id, authorization: 'forged' }];
    await expect(workflow.execute(DEPLOY_FLEET, { workflowId: id, taskQueue: WORKFLOW_QUEUE, args })).rejects.toThrow();
    await outside.close();
    expect(isRun).toBe(false);
  }, 60_000);

  it('ends when it is cancelled: running, or waiting for a worker; asking twice is harmless', async () => {
    const queued = (await create()).body.id as string;
    const cancelled = await api.call('POST', `/api/deployments/${queued}/cancel`, { token });
    expect([cancelled.status, cancelled.body.state]).toEqual([200, 'cancelling']);
    expect((await api.call('POST', `/api/deployments/${queued}/cancel`, { token })).status).toBe(200);
    await startWorkers(runUntilCancelled);
    expect((await waitForState(queued, 'cancelled')).counts.skipped).toBe(2);
    const id = (await create()).body.id as string;
    await waitForState(id, 'running');
    const server = `/api/servers/${serverIds[0]!}`;
    const refused = await api.call('DELETE', server, { token });
    expect([refused.status, refused.body.code]).toEqual([409, 'in_use']);
    await api.call('POST', `/api/deployments/${id}/cancel`, { token });
    await waitForState(id, 'cancelled');
    const entries = await api.db.auditEntry.findMany({ where: { objectId: id }, orderBy: { at: 'asc' } });
    expect(entries.map((entry) => entry.action)).toEqual(['deployment.create', 'deployment.cancel']);
  }, 90_000);

  it('goes on after a person agreed, and only when it asks', async () => {
    await startWorkers(async (input) =>
      input.confirmed ? succeed(input) : { kind: 'needsConfirmation', hostIds: [serverIds[0]!] },
    );
    const id = (await create()).body.id as string;
    const waiting = await waitForState(id, 'waiting');
    expect([waiting.waitingFor, waiting.reason]).toEqual(['confirmation', expect.stringContaining('interrupted')]);
    const viewer = await api.tokenFor('viewer');
    expect((await api.call('POST', `/api/deployments/${id}/continue`, { token: viewer })).status).toBe(403);
    const answers = await Promise.all([1, 2].map(() => api.call('POST', `/api/deployments/${id}/continue`, { token })));
    expect(answers.map((answer) => answer.status)).toContain(200);
    await waitForState(id, 'succeeded');
    const late = await api.call('POST', `/api/deployments/${id}/continue`, { token });
    expect([late.status, late.body.code]).toEqual([409, 'not_waiting']);
  }, 60_000);

  it('names the servers that cannot be deployed to, with the reason', async () => {
    const add = async (displayName: string, data: object) => {
      const body = { hostname: displayName, displayName, sshHost: '192.0.2.1', sshUsername: 'root' };
      const { id } = (await api.call('POST', '/api/servers', { token, body })).body as { id: string };
      await api.db.server.update({ where: { id }, data });
      return id;
    };
    const key = await api.call('POST', '/api/ssh-keys', { token, body: { name: 'k', generate: 'ed25519' } });
    const sshKeyId = key.body.id as string;
    const ids = [
      await add('watched', { watchOnly: true, sshKeyId, hostKey: 'x' }),
      await add('keyless', { hostKey: 'x' }),
      await add('stranger', { sshKeyId }),
      await add('swapped', { sshKeyId, hostKey: 'x', connectionState: 'host_key_changed' }),
    ];
    const before = await api.db.deployment.count();
    const { status, body } = await create({ serverIds: [...ids, ...serverIds] });
    expect([status, body.code]).toEqual([409, 'servers_not_ready']);
    expect(body.errors.map((error: { message: string }) => error.message)).toEqual([
      'Only watched, never deployed to: watched.',
      expect.stringContaining('Without an SSH key: keyless.'),
      expect.stringContaining('Host key not accepted yet: stranger.'),
      expect.stringContaining('Host key changed: swapped.'),
    ]);
    expect((await create({ serverIds: [serverIds[0], serverIds[0]] })).body.code).toBe('invalid_request');
    expect(await api.db.deployment.count()).toBe(before);
    const ready = await add('ready', { sshKeyId, hostKey: 'x' });
    const made = await create({ serverIds: [ready] });
    expect(made.status).toBe(201);
    expect((await api.call('POST', `/api/deployments/${String(made.body.id)}/cancel`, { token })).status).toBe(200);
  });

  it('gives its events and output after a sequence number', async () => {
    const id = (await create()).body.id as string;
    const at = new Date();
    const range = [1, 2, 3, 4, 5];
    await api.db.deploymentEvent.createMany({
      data: range.map((sequence) => ({ deploymentId: id, sequence, at, kind: 'runner_ok', data: { sequence } })),
    });
    await api.db.deploymentOutput.createMany({
      data: range.map((sequence) => ({ deploymentId: id, sequence, at, chunk: `line ${String(sequence)}\n` })),
    });
    const events = (await api.call('GET', `/api/deployments/${id}/events?after=2&limit=2`, { token })).body;
    expect([events.items.map((event: { sequence: number }) => event.sequence), events.next]).toEqual([[3, 4], 4]);
    const output = (await api.call('GET', `/api/deployments/${id}/output?after=4`, { token })).body;
    expect([output.items.map((item: { chunk: string }) => item.chunk), output.next]).toEqual([['line 5\n'], 5]);
    expect((await api.call('GET', `/api/deployments/${id}/output?after=5`, { token })).body).toEqual({
      items: [],
      next: 5,
    });
    const list = await api.call('GET', `/api/deployments?search=rel&serverId=${serverIds[0]!}&limit=1`, { token });
    expect(list.body.items[0].id).toBe(id);
    expect(isFinalDeploymentState(list.body.items[0].state)).toBe(false);
  });
});
