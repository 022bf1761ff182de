import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';
import { channels, type DeploymentUpdate, type ServerUpdate } from '#common/contracts/live.ts';
import { startTestApi, startTestParts, TEST_PUBLIC_URL, type TestApi, type TestParts } from '#tests/support/api.ts';
import { until } from '#tests/support/until.ts';

let parts: TestParts;
let api: TestApi;
let serverId: string;
let deploymentId: string;
const sockets: Socket[] = [];

beforeAll(async () => {
  parts = await startTestParts();
  api = await startTestApi(parts);
  const token = await api.tokenFor('admin');
  const body = { hostname: 'h', sshHost: 'local', sshUsername: 'root' };
  serverId = (await api.call('POST', '/api/servers', { token, body })).body.id as string;
  const order = { name: 'd', playbook: 'test/slow', serverIds: [serverId] };
  deploymentId = (await api.call('POST', '/api/deployments', { token, body: order })).body.id as string;
}, 180_000);
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});
afterAll(async () => {
  await api.stop();
  await parts.stop();
});

interface Way {
  cookie?: string;
  token?: string;
  origin?: string;
}

/** A socket as a browser opens it, and whether it was let in. */
async function open({ cookie, token, origin = TEST_PUBLIC_URL }: Way): Promise<{ socket: Socket; refusal?: string }> {
  const socket = io(api.url, {
    path: '/ws',
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders: { origin, ...(cookie !== undefined && { cookie }) },
    ...(token !== undefined && { auth: { token } }),
  });
  sockets.push(socket);
  const refusal = await new Promise<string | undefined>((resolve) => {
    socket.on('connect', () => {
      resolve(undefined);
    });
    socket.on('connect_error', (error) => {
      resolve((error as { data?: { code?: string } }).data?.code ?? error.message);
    });
  });
  return { socket, ...(refusal !== undefined && { refusal }) };
}

const subscribe = (socket: Socket, room: unknown) =>
  socket.timeout(5000).emitWithAck('subscribe', room) as Promise<{ ok: boolean; code?: string }>;
const publish = (channel: string, value: unknown) => api.valkey.publish(channel, JSON.stringify(value));

describe('live updates', () => {
  it('are for those who are signed in, on our own pages or with a token', async () => {
    await api.createUser('viewer@example.com', 'viewer');
    const cookie = await api.signIn('viewer@example.com');
    expect((await open({ cookie })).refusal).toBeUndefined();
    expect((await open({ token: await api.tokenFor('viewer') })).refusal).toBeUndefined();
    expect((await open({})).refusal).toBe('not_signed_in');
    expect((await open({ cookie: `${cookie}x` })).refusal).toBe('not_signed_in');
    expect((await open({ token: 'npat_wrong' })).refusal).toBe('not_signed_in');
    expect((await open({ cookie, origin: 'http://evil.example.com' })).refusal).toBeDefined();
    expect((await open({ cookie, origin: 'http://127.0.0.1:3999' })).refusal).toBeDefined();
  });

  it('are followed by rooms that exist and may be seen', async () => {
    const { socket } = await open({ token: await api.tokenFor('viewer') });
    for (const room of ['fleet', `server:${serverId}`, `deployment:${deploymentId}`]) {
      expect(await subscribe(socket, room)).toEqual({ ok: true });
    }
    const gone = 'server:01a20baa-1b63-76ee-b2cd-1d7f02145459';
    for (const room of [gone, 'server:x', 'users', socket.id, { a: 1 }, null]) {
      expect((await subscribe(socket, room)).code).toBe('not_found');
    }
  });

  it('bring the first event of a run at once and later ones together, none lost, in order', async () => {
    const { socket } = await open({ token: await api.tokenFor('viewer') });
    await subscribe(socket, `deployment:${deploymentId}`);
    const updates: DeploymentUpdate[] = [];
    socket.on('deployment:update', (update: DeploymentUpdate) => updates.push(update));
    const event = (sequence: number) => ({
      sequence,
      at: new Date().toISOString(),
      kind: 'k',
      serverId: null,
      task: null,
      data: {},
    });
    for (let sequence = 1; sequence <= 200; sequence += 1) {
      const update: DeploymentUpdate = {
        deploymentId,
        events: [event(sequence)],
        ...(sequence === 150 && { state: 'running' }),
      };
      await publish(channels.deployment(deploymentId), update);
    }
    const sequences = () => updates.flatMap((update) => update.events?.map((item) => item.sequence) ?? []);
    await until('all events', () => sequences().length >= 200);
    expect(sequences()).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    expect(updates[0]?.events).toHaveLength(1);
    expect(updates.length).toBeLessThan(60);
    expect(updates.filter((update) => update.state === 'running')).toHaveLength(1);
  });

  it('bring metrics at most once a second, the newest last', async () => {
    const { socket } = await open({ token: await api.tokenFor('viewer') });
    await subscribe(socket, `server:${serverId}`);
    await subscribe(socket, 'fleet');
    const updates: ServerUpdate[] = [];
    const fleet: { servers: string[] }[] = [];
    socket.on('server:update', (update: ServerUpdate) => updates.push(update));
    socket.on('fleet:update', (update: { servers: string[] }) => fleet.push(update));
    for (let n = 1; n <= 20; n += 1)
      await publish(channels.metrics(serverId), { at: new Date().toISOString(), values: { n } });
    await until('the newest value', () => updates.at(-1)?.values.n === 20);
    await until('the fleet', () => fleet.length > 0);
    expect(updates.map((update) => update.serverId)).toEqual([serverId, serverId]);
    expect(fleet.length).toBeLessThanOrEqual(2);
    expect(fleet[0]?.servers).toEqual([serverId]);
  });

  it('go on after Valkey was away', async () => {
    const { socket } = await open({ token: await api.tokenFor('viewer') });
    await subscribe(socket, `server:${serverId}`);
    const values: unknown[] = [];
    socket.on('server:update', (update: ServerUpdate) => values.push(update.values.n));
    await parts.valkey.kill();
    await parts.valkey.restart();
    await until('a value', async () => {
      await publish(channels.metrics(serverId), { at: new Date().toISOString(), values: { n: 7 } }).catch(
        () => undefined,
      );
      return values.includes(7);
    });
    expect(socket.connected).toBe(true);
  }, 60_000);

  it.each(['signed out', 'disabled', 'given another role', 'ended in the database alone'])(
    'are cut within 3 s when the person is %s',
    async (how) => {
      const email = `${how.replaceAll(' ', '-')}@example.com`;
      const { id } = await api.createUser(email, 'operator');
      const admin = await api.tokenFor('admin');
      const cookie = await api.signIn(email);
      const { socket } = await open({ cookie });
      const since = Date.now();
      if (how === 'signed out') await api.call('POST', '/api/auth/logout', { cookie });
      else if (how === 'disabled')
        await api.call('PATCH', `/api/users/${id}`, { token: admin, body: { disabled: true } });
      else if (how === 'given another role')
        await api.call('PATCH', `/api/users/${id}`, { token: admin, body: { role: 'viewer' } });
      else await api.db.session.deleteMany({ where: { userId: id } });
      await until('the socket is cut', () => !socket.connected, 5000);
      expect(Date.now() - since).toBeLessThan(3000);
    },
  );

  it('of a revoked token are cut too', async () => {
    const admin = await api.tokenFor('admin');
    const made = (await api.call('POST', '/api/tokens', { token: admin, body: { name: 't', role: 'viewer' } })).body;
    const { socket } = await open({ token: made.token as string });
    const { socket: other } = await open({ token: admin });
    await api.call('DELETE', `/api/tokens/${String(made.id)}`, { token: admin });
    await until('the socket is cut', () => !socket.connected, 5000);
    expect(other.connected).toBe(true);
  });
});
