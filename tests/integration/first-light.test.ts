import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Deployment } from '#common/contracts/deployments.ts';
import type { MetricSeries } from '#common/contracts/metrics.ts';
import type { ConnectionReport, Server } from '#common/contracts/servers.ts';
import { isFinalDeploymentState } from '#common/domain/states.ts';
import { runCommand } from '#common/process/run-command.ts';
import { freePort } from '#cli/engines/free-port.ts';
import { describeWithFleet } from '../fleet/describe-with-fleet.ts';
import { startFleet, type Fleet } from '../fleet/fleet.ts';
import { doorClient, type DoorClient } from '../support/door-client.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { until } from '../support/until.ts';

const NAME = 'admiral.test';
const HOSTILE = `{{ lookup('pipe','touch CANARY') }}`;

/** The main job, from an empty home to charts and back to clean hosts, over HTTPS with Admiral's own authority. */
describeWithFleet('first light', () => {
  let fleet: Fleet;
  let admiral: TestInstallation;
  let door: DoorClient;
  let keyId: string;
  const servers: Server[] = [];

  const deploy = async (playbook: string, serverIds: string[], variables: Record<string, unknown> = {}) => {
    const created = await door.call<Deployment>('POST', '/api/deployments', {
      name: playbook,
      playbook,
      serverIds,
      variables,
    });
    let last = created;
    await until(
      `${playbook} ends`,
      async () => {
        last = await door.call<Deployment>('GET', `/api/deployments/${created.id}`);
        return isFinalDeploymentState(last.state);
      },
      240_000,
    );
    return last;
  };
  const hostStates = (deployment: Deployment) => deployment.hosts.map((host) => [host.state, host.reason]);

  beforeAll(async () => {
    const port = await freePort();
    [fleet, admiral] = await Promise.all([
      startFleet(),
      startInstallation({
        env: {
          ADMIRAL_LISTEN: '0.0.0.0',
          ADMIRAL_HTTP_PORT: String(port),
          ADMIRAL_PUBLIC_URL: `https://${NAME}:${String(port)}`,
        },
      }),
    ]);
    await fleet.forward(port);
    for (const { name } of fleet.hosts) {
      await fleet.exec(name, ['tee', '-a', '/etc/hosts'], { input: `${fleet.gateway} ${NAME}\n` });
    }
    door = doorClient(admiral.url, join(admiral.home, 'caddy', 'root.crt'), admiral.adminToken);
  }, 900_000);

  afterAll(async () => {
    await admiral.stop({ remove: true });
    await fleet.stop();
  }, 60_000);

  it('takes a key, and two servers whose host keys are accepted once', async () => {
    const key = await door.call('POST', '/api/ssh-keys', { name: 'fleet', privateKey: fleet.privateKey });
    expect(JSON.stringify(key)).not.toContain('PRIVATE');
    keyId = key.id as string;
    for (const [index, host] of fleet.hosts.entries()) {
      const server = await door.call<Server>('POST', '/api/servers', {
        hostname: host.name,
        // What a person may type is data, wherever it turns up.
        displayName: index === 0 ? HOSTILE : null,
        sshHost: host.sshHost,
        sshPort: host.sshPort,
        sshUsername: index === 0 ? 'root' : 'ops',
        sshKeyId: keyId,
        tags: [HOSTILE],
        metadata: { rack: HOSTILE },
      });
      const first = await door.call<ConnectionReport>('POST', `/api/servers/${server.id}/test-connection`, {});
      expect(first.state).toBe('host_key_unknown');
      const fingerprint = first.seenHostKey!.fingerprint;
      await door.call('POST', `/api/servers/${server.id}/accept-host-key`, { fingerprint: 'SHA256:other' }, 409);
      await door.call('POST', `/api/servers/${server.id}/accept-host-key`, { fingerprint });
      const second = await door.call<ConnectionReport>('POST', `/api/servers/${server.id}/test-connection`, {});
      expect(second.steps.map((step) => [step.step, step.state, step.message])).toEqual(
        second.steps.map((step) => [step.step, 'ok', step.message]),
      );
      servers.push(await door.call<Server>('GET', `/api/servers/${server.id}`));
    }
    expect(servers.map((server) => server.facts?.osVersion)).toEqual(['12', '13']);
  }, 60_000);

  it('deploys the agent to both, and their reports arrive within a minute', async () => {
    const deployment = await deploy(
      'nodepulse/deploy-agent',
      servers.map((server) => server.id),
      { interval_seconds: 15 },
    );
    expect(hostStates(deployment)).toEqual([
      ['changed', null],
      ['changed', null],
    ]);
    expect(deployment.state).toBe('succeeded');
    const endedAt = Date.now();
    for (const server of servers) {
      await until(
        `${server.hostname} has two scrapes`,
        async () => {
          const metrics = await door.call<MetricSeries>('GET', `/api/servers/${server.id}/metrics?range=1h`);
          return (metrics.series.memoryUsedBytes ?? []).some((value) => value !== null && value > 0);
        },
        60_000 - (Date.now() - endedAt),
      );
      const seen = await door.call<Server>('GET', `/api/servers/${server.id}`);
      expect(seen.isOnline).toBe(true);
    }
    const processes = await until(
      'processes are known',
      async () => {
        const top = await door.call<{ items: { name: string }[] }>(
          'GET',
          `/api/servers/${servers[0]!.id}/processes/top?by=memory&range=1h`,
        );
        return top.items.length > 0;
      },
      30_000,
    );
    expect(processes).not.toBe(false);
  }, 360_000);

  it('changes nothing the second time', async () => {
    const deployment = await deploy(
      'nodepulse/deploy-agent',
      servers.map((server) => server.id),
      { interval_seconds: 15 },
    );
    expect(deployment.hosts.map((host) => [host.state, host.changedCount])).toEqual([
      ['ok', 0],
      ['ok', 0],
    ]);
  }, 240_000);

  it('leaves nothing of ours on the hosts after the uninstall', async () => {
    const deployment = await deploy(
      'nodepulse/uninstall-agent',
      servers.map((server) => server.id),
    );
    expect(hostStates(deployment).map(([state]) => state)).toEqual(['changed', 'changed']);
    for (const { name } of fleet.hosts) {
      const files = await fleet.exec(name, [
        ...['find', '/etc', '/opt', '/usr/local', '/var/lib', '/run', '-xdev', '-iname', '*nodepulse*'],
      ]);
      expect(files.stdout.trim()).toBe('');
      const users = await fleet.exec(name, ['getent', 'passwd', 'nodepulse']);
      expect(users.code).not.toBe(0);
      const units = await fleet.exec(name, [
        'systemctl',
        'list-unit-files',
        '--no-legend',
        'nodepulse*',
        'prometheus-*-exporter*',
      ]);
      expect(units.stdout.trim()).toBe('');
      const processes = await fleet.exec(name, ['ps', '-eo', 'args']);
      expect(processes.stdout).not.toMatch(/nodepulse|exporter/);
    }
  }, 240_000);

  it('never took a text for a template', async () => {
    for (const { name } of fleet.hosts) {
      const found = await fleet.exec(name, ['find', '/', '-xdev', '-name', 'CANARY']);
      expect(found.stdout).toBe('');
    }
    const { stdout: here } = await runCommand('find', [
      admiral.home,
      process.cwd(),
      '-maxdepth',
      '4',
      '-name',
      'CANARY',
    ]);
    expect(here).toBe('');
  }, 60_000);

  it('blocks a host whose key changed, while the other goes on', async () => {
    await fleet.changeHostKey(fleet.hosts[0]!.name);
    await fleet.waitForSsh(fleet.hosts[0]!.name);
    const deployment = await deploy(
      'nodepulse/uninstall-agent',
      servers.map((server) => server.id),
    );
    expect(deployment.state).toBe('partly_failed');
    expect(deployment.hosts.map((host) => host.state)).toEqual(['unreachable', 'ok']);
    expect(deployment.hosts[0]!.reason).toMatch(/host key/i);
  }, 120_000);
});
