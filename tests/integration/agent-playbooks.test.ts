import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Receiver, startReceiver } from '../../ansible/tests/support/receiver.ts';
import { until } from '../../ansible/tests/support/until.ts';
import { describeWithFleet } from '../fleet/describe-with-fleet.ts';
import { type Fleet, startFleet } from '../fleet/fleet.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { EARLIER_ID, earlierTime, installEarlierAgent, installOwnExporter } from './agent-playbooks/earlier-agent.ts';
import { listTraces } from './agent-playbooks/host-traces.ts';
import { type HostVariables, runPlaybook } from './agent-playbooks/playbook-runner.ts';

const DEPLOY = 'ansible/playbooks/nodepulse/deploy-agent.yml';
const UNINSTALL = 'ansible/playbooks/nodepulse/uninstall-agent.yml';
const HOSTS = ['deb12', 'deb13'];
const RUN_MS = 240_000;

describeWithFleet('the playbooks of the agent on Debian 12 and 13', () => {
  let fleet: Fleet;
  let receiver: Receiver;
  let folder: string;
  let authority: string;
  let endpoint: string;
  const ended: (() => unknown)[] = [];

  beforeAll(async () => {
    folder = await makeTempFolder('agent-playbooks');
    ended.push(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    fleet = await startFleet();
    ended.push(() => fleet.stop());
    const openssl = (...argv: string[]) => execFileSync('openssl', argv, { cwd: folder, stdio: 'pipe' });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test authority', '-days', '2');
    openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=admiral');
    writeFileSync(join(folder, 'san'), `subjectAltName=IP:${fleet.gateway}`);
    const sign = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'san', '-days', '2'];
    openssl('x509', '-req', '-in', 'server.csr', ...sign, '-out', 'server.pem');
    authority = readFileSync(join(folder, 'ca.pem'), 'utf8');
    const tls = {
      key: readFileSync(join(folder, 'server.key'), 'utf8'),
      cert: readFileSync(join(folder, 'server.pem'), 'utf8'),
    };
    receiver = await startReceiver({ tls });
    ended.push(() => receiver.close());
    await fleet.forward(receiver.port);
    endpoint = `https://${fleet.gateway}:${String(receiver.port)}`;
  }, 400_000);
  afterAll(async () => {
    for (const end of ended.reverse()) await end();
  }, 60_000);

  const variables = (host: string, token = 'one', more: Partial<HostVariables> = {}): HostVariables => ({
    nodepulse_server_id: `id-of-${host}`,
    nodepulse_endpoint: endpoint,
    nodepulse_agent_token: `npa_${token}-of-${host}`,
    nodepulse_ca_pem: authority,
    ...more,
  });
  const both = (token = 'one') => Object.fromEntries(HOSTS.map((host) => [host, variables(host, token)]));
  const say = async (host: string, ...argv: string[]) => (await fleet.exec(host, argv)).stdout.trim();
  const reportsOf = (id: string) => receiver.requests.filter((one) => one.url.endsWith(`server_id=${id}`));
  const traces: Record<string, string[]> = {};

  it(
    'installs the agent and the exporters, and both hosts report',
    async () => {
      for (const host of HOSTS) traces[host] = await listTraces(fleet, host);
      const result = await runPlaybook(fleet, folder, DEPLOY, both(), { interval_seconds: 15 });
      expect(result).toMatchObject({ code: 0, failed: { deb12: 0, deb13: 0 } });
      expect(result.output).not.toContain('npa_');
      for (const host of HOSTS) {
        const [first] = reportsOf(`id-of-${host}`);
        expect(first?.headers.authorization).toBe(`Bearer npa_one-of-${host}`);
        expect(first?.report.agent).toMatchObject({ hostname: host, os: expect.stringContaining('Debian GNU/Linux') });
        expect(Number(first?.report.node_exporter?.[0]?.memory_total_bytes)).toBeGreaterThan(0);
        expect(Number(first?.report.node_exporter?.[0]?.disk_total_bytes)).toBeGreaterThan(0);
        expect(Number(first?.report.node_exporter?.[0]?.network_receive_bytes_total)).toBeGreaterThan(0);
        expect(first?.report.process_exporter?.map((row) => row.name)).toContain('systemd');
        const status = JSON.parse(await fleet.readFile(host, '/var/lib/nodepulse/status.json')) as object;
        expect(status).toMatchObject({
          sources: { node_exporter: 'http://127.0.0.1:9100', process_exporter: 'http://127.0.0.1:9256' },
        });
        const listening = await say(host, 'ss', '-Hltn');
        expect(listening).toContain('127.0.0.1:9100');
        expect(listening).toContain('127.0.0.1:9256');
        expect(listening).not.toMatch(/(\*|0\.0\.0\.0|\]):9(100|256)/);
        expect(await say(host, 'stat', '-c', '%U %a', '/etc/nodepulse/token')).toBe('nodepulse 600');
        expect(await say(host, 'stat', '-c', '%U %a', '/opt/nodepulse/nodepulse-agent.py')).toBe('root 644');
        const pid = await say(host, 'systemctl', 'show', '-p', 'MainPID', '--value', 'nodepulse.service');
        expect(await say(host, 'ps', '-o', 'user=', '-p', pid)).toBe('nodepulse');
        expect(Number(await say(host, 'ps', '-o', 'rss=', '-p', pid))).toBeLessThan(25 * 1024);
      }
    },
    RUN_MS,
  );

  it(
    'changes nothing when it runs again',
    async () => {
      const result = await runPlaybook(fleet, folder, DEPLOY, both(), { interval_seconds: 15 });
      expect(result).toMatchObject({ code: 0, changed: { deb12: 0, deb13: 0 } });
    },
    RUN_MS,
  );

  it(
    'leaves no file, user, unit, package or process when it is removed',
    async () => {
      const result = await runPlaybook(fleet, folder, UNINSTALL, both());
      expect(result).toMatchObject({ code: 0, failed: { deb12: 0, deb13: 0 } });
      for (const host of HOSTS) {
        const after = await listTraces(fleet, host);
        const before = new Set(traces[host]);
        expect(after.filter((trace) => !before.has(trace))).toEqual([]);
        expect(traces[host]?.filter((trace) => !after.includes(trace))).toEqual([]);
      }

      // Where there is nothing, nothing changes; an earlier agent that Admiral never installed goes as well.
      await installEarlierAgent(fleet, 'deb12', [earlierTime(5)]);
      const again = await runPlaybook(fleet, folder, UNINSTALL, both());
      expect(again).toMatchObject({ code: 0, failed: { deb12: 0 }, changed: { deb13: 0 } });
      expect((await listTraces(fleet, 'deb12')).filter((trace) => /nodepulse/.test(trace))).toEqual([]);
    },
    RUN_MS,
  );

  it(
    'takes the earlier agent over, uses the exporters that are there, and leaves them alone',
    async () => {
      const unsent = [earlierTime(50), earlierTime(40), earlierTime(30)];
      await installEarlierAgent(fleet, 'deb12', unsent);
      await installOwnExporter(fleet, 'deb12');
      const install = await fleet.exec(
        'deb13',
        ['apt-get', '-q', '-y', '--no-install-recommends', 'install', 'prometheus-node-exporter'],
        { timeoutMs: 120_000 },
      );
      expect(install.code).toBe(0);
      const settings = await fleet.readFile('deb13', '/etc/default/prometheus-node-exporter');
      const ownPid = await say('deb12', 'systemctl', 'show', '-p', 'MainPID', '--value', 'own-exporter.service');
      const packagePid = await say('deb13', 'pgrep', '-f', '^/usr/bin/prometheus-node-exporter');

      const result = await runPlaybook(fleet, folder, DEPLOY, both(), { interval_seconds: 15 });
      expect(result).toMatchObject({ code: 0, failed: { deb12: 0, deb13: 0 } });
      const arrived = await until('the unsent reports', () => {
        const rows = reportsOf('id-of-deb12').flatMap((one) => one.report.node_exporter ?? []);
        return unsent.every((time) => rows.some((row) => row.timestamp === time)) && rows;
      });
      expect(arrived.find((row) => row.timestamp === unsent[0])).toMatchObject({ cpu_idle_seconds: 5 });
      expect(arrived.at(-1)).toMatchObject({ cpu_idle_seconds: 424242.5 });
      expect(await say('deb12', 'cat', '/var/lib/nodepulse/server_id')).toBe('id-of-deb12');
      expect(await say('deb12', 'cat', '/var/lib/nodepulse/server_id.before')).toBe(EARLIER_ID);
      expect(await say('deb12', 'ls', '-A', '/opt/nodepulse/previous')).toBe(
        ['.complete', 'nodepulse', 'nodepulse.service', 'nodepulse.yml'].join('\n'),
      );
      expect(await say('deb12', 'cat', '/opt/nodepulse/previous/nodepulse.yml')).toContain('admiral.example.com');

      // Again, with another token for one of them: it is written, used, and not to be seen in the output.
      const rotated = { deb12: variables('deb12'), deb13: variables('deb13', 'two') };
      const again = await runPlaybook(fleet, folder, DEPLOY, rotated, { interval_seconds: 15 });
      expect(again).toMatchObject({ code: 0, changed: { deb12: 0, deb13: 2 } });
      expect(again.output).not.toContain('npa_');
      expect(reportsOf('id-of-deb13').at(-1)?.headers.authorization).toBe('Bearer npa_two-of-deb13');
      const removed = await runPlaybook(fleet, folder, UNINSTALL, both());
      expect(removed).toMatchObject({ code: 0, failed: { deb12: 0, deb13: 0 } });

      expect(await say('deb12', 'systemctl', 'show', '-p', 'MainPID', '--value', 'own-exporter.service')).toBe(ownPid);
      expect(await say('deb13', 'pgrep', '-f', '^/usr/bin/prometheus-node-exporter')).toBe(packagePid);
      expect(await fleet.readFile('deb13', '/etc/default/prometheus-node-exporter')).toBe(settings);
      for (const host of HOSTS) {
        const left = (await listTraces(fleet, host)).filter((trace) => /nodepulse|process-exporter/.test(trace));
        expect(left).toEqual([]);
      }
      expect((await listTraces(fleet, 'deb13')).filter((trace) => trace === 'user prometheus')).toHaveLength(1);
    },
    2 * RUN_MS,
  );

  it(
    'says in one sentence what is wrong with a host',
    async () => {
      // A template in a value from outside is text on the host and runs nowhere.
      const canary = join(folder, 'canary');
      const template = `{{lookup('pipe','>${canary}')}}`;
      const nowhere = variables('deb12', 'one', {
        nodepulse_endpoint: `https://${fleet.gateway}:9`,
        nodepulse_agent_token: template,
      });
      await fleet.removePython('deb13');
      const first = await runPlaybook(
        fleet,
        folder,
        DEPLOY,
        { deb12: nowhere, deb13: variables('deb13') },
        {
          install_exporters: false,
        },
      );
      await fleet.restorePython('deb13');
      expect(first.failed).toEqual({ deb12: 1, deb13: 1 });
      expect(first.messages.deb13).toBe(
        'This host has no Python 3. Install the package python3 there and run this playbook again.',
      );
      expect(first.messages.deb12).toContain(
        `no report was accepted within 30 s: cannot reach https://${fleet.gateway}:9: connection refused.`,
      );

      expect(await fleet.readFile('deb12', '/etc/nodepulse/token')).toBe(template);
      expect(existsSync(canary)).toBe(false);

      await fleet.exec('deb12', ['rm', '/etc/sudoers.d/ops']);
      await fleet.fillDisk('deb13');
      const second = await runPlaybook(fleet, folder, DEPLOY, both());
      await fleet.freeDisk('deb13');
      expect(second.failed).toEqual({ deb12: 1, deb13: 1 });
      expect(second.messages.deb12).toMatch(/^This user may not use sudo without a password on this host\./);
      expect(second.messages.deb13).toMatch(/^The disk of this host is full: .* MB free\)\. Make room there/);
    },
    2 * RUN_MS,
  );
});
