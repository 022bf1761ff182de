import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import { probeServer, type Probe } from '#activities/ssh/probe-server.ts';
import { describeWithFleet } from '../fleet/describe-with-fleet.ts';
import { startFleet, type Fleet } from '../fleet/fleet.ts';

describeWithFleet('a connection test', () => {
  let fleet: Fleet;
  let admiral: Server;
  let pinned: string;

  const target = (
    change: Partial<{ port: number; username: string; privateKey: string; pinnedHostKey: string | null }> = {},
  ) => ({
    host: '127.0.0.1',
    port: fleet.hosts[0]!.sshPort,
    username: 'ops',
    privateKey: fleet.privateKey,
    pinnedHostKey: pinned,
    ...change,
  });
  const healthUrl = () => `http://${fleet.gateway}:${String((admiral.address() as AddressInfo).port)}/healthz`;
  const probe = (change = {}, url = healthUrl()) =>
    probeServer({ ...target(), ...change }, { healthUrl: url, caPem: '' }, () => new Date());
  const failed = (result: Probe) => result.report.steps.find((step) => step.state === 'failed');

  beforeAll(async () => {
    fleet = await startFleet({ hosts: [{ name: 'deb12', suite: 'bookworm' }] });
    admiral = createServer((_request, response) => response.end('ok'));
    await new Promise<void>((resolve) => admiral.listen(0, '127.0.0.1', resolve));
    await fleet.forward((admiral.address() as AddressInfo).port);
    const first = await probe({ pinnedHostKey: null });
    pinned = first.seenHostKey!.line;
  }, 300_000);

  afterAll(async () => {
    admiral.close();
    await fleet.stop();
  });

  it('shows an unknown host key and does nothing more until it is accepted', async () => {
    const result = await probe({ pinnedHostKey: null });
    expect(result.report.state).toBe('host_key_unknown');
    expect(result.report.seenHostKey?.fingerprint).toMatch(/^SHA256:[\w+/]{43}$/);
    expect(failed(result)?.step).toBe('hostKey');
    expect(result.report.steps.slice(2).every((step) => step.state === 'skipped')).toBe(true);
    const own = await fleet.exec('deb12', ['ssh-keygen', '-lf', '/etc/ssh/ssh_host_ed25519_key.pub']);
    expect(own.stdout).toContain(result.report.seenHostKey!.fingerprint);
  });

  it('goes through every step and brings facts home', async () => {
    const result = await probe();
    expect(result.report.steps.map((step) => [step.step, step.state])).toEqual([
      ['reachable', 'ok'],
      ['hostKey', 'ok'],
      ['authentication', 'ok'],
      ['sudo', 'ok'],
      ['python', 'ok'],
      ['reachesAdmiral', 'ok'],
      ['facts', 'ok'],
    ]);
    expect(result.report.state).toBe('ok');
    expect(result.facts).toMatchObject({ os: 'debian', osVersion: '12', architecture: 'x86_64', hostname: 'deb12' });
    expect(result.facts?.addresses).toContain('10.88.0.11');
    expect(result.seenHostKey).toBeNull();
  });

  it('warns when the host does not reach Admiral', async () => {
    const result = await probe({}, 'http://10.88.0.1:1/healthz');
    expect(result.report.state).toBe('ok');
    const step = result.report.steps.find((one) => one.step === 'reachesAdmiral');
    expect(step).toMatchObject({ state: 'warning' });
    expect(step?.message).toMatch(/refused.*ADMIRAL_PUBLIC_URL/s);
  });

  it('finds the id of an agent that was there before', async () => {
    await fleet.exec('deb12', ['mkdir', '-p', '/var/lib/nodepulse']);
    await fleet.putFile('deb12', '/var/lib/nodepulse/server_id', 'old-web-7\n');
    expect((await probe()).agentServerId).toBe('old-web-7');
  });

  it('says when nothing listens', async () => {
    const closed = createTcpServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const result = await probe({ port });
    expect(failed(result)).toMatchObject({
      step: 'reachable',
      message: expect.stringMatching(/refuses connections.*sshd/s),
    });
  });

  it('says when a name does not resolve', async () => {
    const result = await probe({ host: 'no-such-host.invalid' });
    expect(failed(result)?.message).toMatch(/resolve/);
  });

  it('says when the key is refused', async () => {
    const other = ssh2.utils.generateKeyPairSync('ed25519').private;
    const result = await probe({ privateKey: other });
    expect(failed(result)).toMatchObject({
      step: 'authentication',
      message: expect.stringContaining('authorized_keys'),
    });
    expect(result.report.steps[1]).toMatchObject({ step: 'hostKey', state: 'ok' });
  });

  it('says when the host hangs', async () => {
    await fleet.freeze('deb12');
    try {
      const result = await probe();
      expect(failed(result)).toMatchObject({
        step: 'reachable',
        message: expect.stringMatching(/in time|does not answer/),
      });
    } finally {
      await fleet.thaw('deb12');
      await fleet.waitForSsh('deb12');
    }
  });

  it('says when sudo asks for a password', async () => {
    await fleet.exec('deb12', ['useradd', '-m', 'plain']);
    await fleet.exec('deb12', ['mkdir', '-m', '700', '-p', '/home/plain/.ssh']);
    await fleet.putFile('deb12', '/home/plain/.ssh/authorized_keys', fleet.publicKey, 0o600);
    await fleet.exec('deb12', ['chown', '-R', 'plain:plain', '/home/plain/.ssh']);
    const result = await probe({ username: 'plain' });
    expect(failed(result)).toMatchObject({ step: 'sudo', message: expect.stringContaining('NOPASSWD') });
    expect(result.report.state).toBe('failed');
  });

  it('says when there is no Python', async () => {
    await fleet.removePython('deb12');
    try {
      expect(failed(await probe())).toMatchObject({ step: 'python', message: expect.stringContaining('no python3') });
    } finally {
      await fleet.restorePython('deb12');
    }
  });

  it('blocks when the host key is another one than the accepted', async () => {
    await fleet.changeHostKey('deb12');
    await fleet.waitForSsh('deb12');
    const result = await probe();
    expect(result.report.state).toBe('host_key_changed');
    expect(failed(result)).toMatchObject({ step: 'hostKey', message: expect.stringContaining('blocked') });
    expect(result.seenHostKey?.line).not.toBe(pinned);
    expect(result.report.steps.find((step) => step.step === 'authentication')?.state).toBe('skipped');
  });
});
