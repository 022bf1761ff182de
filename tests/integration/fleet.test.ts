import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { sweepCgroups } from '../fleet/cgroup-hierarchies.ts';
import { describeWithFleet } from '../fleet/describe-with-fleet.ts';
import { startFleet, type Fleet, type FleetHost } from '../fleet/fleet.ts';
import { sshExec } from '../fleet/ssh-exec.ts';
import { listDescendants, namespacesOf, readTraces } from '../fleet/traces.ts';
import { hasBanner } from '../fleet/wait-for-banner.ts';

// The first run on a machine builds the trees.
const START_TIMEOUT_MS = 420_000;
const TEST_TIMEOUT_MS = 120_000;
const names = ['deb12', 'deb13'];

/** A program for the host's Python: prints what the address answers, or the error's class. */
const GET = [
  'import sys, urllib.request',
  'try: print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())',
  'except Exception as error: print(type(error).__name__, error)',
].join('\n');

describeWithFleet('the fleet of test hosts', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet();
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await fleet.stop();
  }, TEST_TIMEOUT_MS);

  it.each(names)('%s runs its release of Debian with all of systemd up', async (name) => {
    const up = await fleet.exec(name, ['systemctl', 'is-system-running', '--wait']);
    const failed = await fleet.exec(name, ['systemctl', '--failed', '--plain', '--no-legend']);
    expect({ state: up.stdout.trim(), failed: failed.stdout }).toEqual({ state: 'running', failed: '' });
    expect(await fleet.readFile(name, '/etc/os-release')).toContain(`VERSION_CODENAME=${fleet.host(name).suite}`);
  });

  it.each(names)('%s lets root in, and ops with sudo, over the loopback port', async (name) => {
    const root = await sshExec(fleet, name, 'root', 'id -un; hostname');
    expect(root.stdout).toBe(`root\n${name}\n`);
    const ops = await sshExec(fleet, name, 'ops', 'id -un; sudo -n id -un; python3 -c "print(6 * 7)"');
    expect(ops.stdout).toBe('ops\nroot\n42\n');
  });

  it(
    'installs a package with apt',
    async () => {
      const install = async (name: string) => {
        const done = await fleet.exec(name, ['apt-get', 'install', '-y', 'prometheus-node-exporter'], {
          timeoutMs: TEST_TIMEOUT_MS,
        });
        expect({ name, code: done.code, stderr: done.code === 0 ? '' : done.stderr }).toEqual({
          name,
          code: 0,
          stderr: '',
        });
        const active = await fleet.exec(name, ['systemctl', 'is-active', 'prometheus-node-exporter']);
        expect(active.stdout).toBe('active\n');
      };
      await Promise.all(names.map(install));
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'reaches the package archive from inside',
    async () => {
      const update = await fleet.exec('deb13', ['apt-get', 'update', '-o', 'APT::Update::Error-Mode=any']);
      expect({ code: update.code, stderr: update.stderr }).toEqual({ code: 0, stderr: '' });
    },
    TEST_TIMEOUT_MS,
  );

  it('shows the hosts one forwarded port of this machine and no other', async () => {
    const [open, hidden] = [await serve('the front door'), await serve('hidden')];
    const get = async (name: string, url: string) => (await fleet.exec(name, ['python3', '-c', GET, url])).stdout;
    try {
      await fleet.forward(open.port);
      for (const name of names) {
        expect(await get(name, `http://${fleet.gateway}:${String(open.port)}/`)).toBe('the front door\n');
        for (const address of [fleet.gateway, '127.0.0.1', '10.0.2.2']) {
          expect(await get(name, `http://${address}:${String(hidden.port)}/`)).toMatch(/^URLError/);
        }
      }
    } finally {
      open.server.close();
      hidden.server.close();
    }
  });

  it('carries files in and out whole', async () => {
    const content = Array.from({ length: 20_000 }, (_, index) => `line ${String(index)}`).join('\n');
    await fleet.putFile('deb12', '/root/file', content, 0o600);
    expect(await fleet.readFile('deb12', '/root/file')).toBe(content);
    expect((await fleet.exec('deb12', ['stat', '-c', '%a', '/root/file'])).stdout).toBe('600\n');
    expect((await sshExec(fleet, 'deb12', 'root', 'cat file')).stdout).toBe(content);
  });

  it(
    'reboots into the same disk and address',
    async () => {
      const bootId = async (name: string) =>
        (await sshExec(fleet, name, 'root', 'cat /proc/sys/kernel/random/boot_id')).stdout;
      for (const name of names) {
        await fleet.putFile(name, '/root/kept', 'kept');
        const before = await bootId(name);
        await fleet.reboot(name);
        expect(await bootId(name)).not.toBe(before);
        expect(await fleet.readFile(name, '/root/kept')).toBe('kept');
      }
    },
    TEST_TIMEOUT_MS,
  );

  it('stops an exec that takes too long, with everything it started', async () => {
    const sleeping = fleet.exec('deb12', ['sh', '-c', 'sleep 7654 & wait'], { timeoutMs: 300 });
    await expect(sleeping).rejects.toThrow('took longer than 300 ms');
    expect((await fleet.exec('deb12', ['pgrep', '-f', '^sleep 7654$'])).stdout).toBe('');
  });

  it(
    'holds a service to its memory limit',
    async () => {
      for (const name of names) {
        const eat = ['systemd-run', '--wait', '--quiet', '-p', 'MemoryMax=50M', '-p', 'MemorySwapMax=0'];
        const done = await fleet.exec(name, [...eat, 'python3', '-c', 'x = bytearray(200 * 1024 * 1024)']);
        expect({ name, code: done.code }).not.toEqual({ name, code: 0 });
        const small = await fleet.exec(name, [...eat, 'python3', '-c', 'x = bytearray(1024)']);
        expect({ name, code: small.code }).toEqual({ name, code: 0 });
      }
    },
    TEST_TIMEOUT_MS,
  );

  describeFaults(() => fleet);
});

describeWithFleet('a fleet whose starter is killed', () => {
  interface Demo {
    initPid: number;
    netnsPath: string;
    hosts: FleetHost[];
  }
  let starter: ChildProcess | undefined;
  afterAll(() => {
    starter?.kill('SIGKILL');
  });

  it(
    'takes every process, mount, namespace, device and port with it',
    async () => {
      const before = readTraces();
      const program = fileURLToPath(new URL('../fleet/demo-main.ts', import.meta.url));
      starter = spawn(process.execPath, ['--import', 'tsx', program], { stdio: ['pipe', 'pipe', 'inherit'] });
      const demo = await readDemo(starter);
      const pid = starter.pid ?? 0;
      const processes = listDescendants(pid);
      const own = new Set(namespacesOf(processes).filter((namespace) => !before.namespaces.includes(namespace)));
      const ports = demo.hosts.map(({ sshHost, sshPort }) => hasBanner(sshHost, sshPort));
      expect(await Promise.all(ports)).toEqual([true, true]);
      // The starter, process 1, the way out, two systemd and what they run; three spaces, three networks, three sets of mounts.
      expect(processes.length).toBeGreaterThan(15);
      expect(own.size).toBeGreaterThanOrEqual(9);
      // While it lives, too, the machine's own mounts and devices are as they were.
      expect(readTraces()).toMatchObject({ mounts: before.mounts, networkDevices: before.networkDevices });

      const exited = once(starter, 'exit');
      process.kill(pid, 'SIGKILL');
      await exited;
      const left = () => {
        const now = readTraces();
        return {
          processes: now.processes.filter((entry) => processes.includes(entry)),
          namespaces: now.namespaces.filter((namespace) => own.has(namespace)),
        };
      };
      const deadline = Date.now() + 10_000;
      while (left().processes.length > 0 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 50));
      expect(left()).toEqual({ processes: [], namespaces: [] });
      for (const { sshHost, sshPort } of demo.hosts) expect(await hasBanner(sshHost, sshPort)).toBe(false);
      expect(readTraces()).toMatchObject({ mounts: before.mounts, networkDevices: before.networkDevices });
      // The next start sweeps the empty control groups.
      sweepCgroups();
      expect(readTraces().cgroups.filter((name) => name.startsWith(`fleet-${String(pid)}-`))).toEqual([]);
    },
    START_TIMEOUT_MS,
  );

  async function readDemo(child: ChildProcess): Promise<Demo> {
    if (!child.stdout) throw new Error('The starter has no output.');
    for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as Demo;
    throw new Error('The starter ended without a fleet.');
  }
});

function describeFaults(getFleet: () => Fleet): void {
  const banner = (name: string) => hasBanner(getFleet().host(name).sshHost, getFleet().host(name).sshPort);

  it('cuts a link, stops sshd and freezes a host, and takes it back', async () => {
    const fleet = getFleet();
    const faults: [() => Promise<void>, () => Promise<void>][] = [
      [() => fleet.setLink('deb12', 'down'), () => fleet.setLink('deb12', 'up')],
      [() => fleet.stopSshd('deb12'), () => fleet.startSshd('deb12')],
      [() => fleet.freeze('deb12'), () => fleet.thaw('deb12')],
    ];
    for (const [cause, repair] of faults) {
      await cause();
      expect(await banner('deb12')).toBe(false);
      expect(await banner('deb13')).toBe(true);
      await repair();
      await fleet.waitForSsh('deb12', 10_000);
    }
  }, 60_000);

  it('fills and frees the disk while logging in works', async () => {
    const fleet = getFleet();
    const write = () => sshExec(fleet, 'deb13', 'root', 'head -c 1000000 /dev/zero > /root/big');
    await fleet.fillDisk('deb13');
    expect((await write()).stderr).toContain('No space left on device');
    await fleet.freeDisk('deb13');
    expect((await write()).code).toBe(0);
  });

  it('changes the host key', async () => {
    const fleet = getFleet();
    const before = (await sshExec(fleet, 'deb12', 'root', 'true')).hostKey;
    const other = (await sshExec(fleet, 'deb13', 'root', 'true')).hostKey;
    await fleet.changeHostKey('deb12');
    const after = (await sshExec(fleet, 'deb12', 'root', 'true')).hostKey;
    expect(new Set([before, other, after]).size).toBe(3);
  });

  it('takes Python away and brings it back', async () => {
    const fleet = getFleet();
    const tryPython = () => sshExec(fleet, 'deb13', 'ops', 'python3 -c "print(1)"');
    await fleet.removePython('deb13');
    expect((await tryPython()).code).toBe(127);
    await fleet.restorePython('deb13');
    expect((await tryPython()).stdout).toBe('1\n');
  });
}

async function serve(text: string): Promise<{ server: Server; port: number }> {
  const server = createServer((_, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}
