import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';

import ssh2 from 'ssh2';

import { listCgroupHierarchies, removeCgroups, sweepCgroups } from './cgroup-hierarchies.ts';
import { breakHosts, type HostFaults } from './host-faults.ts';
import { SupervisorProcess } from './supervisor-process.ts';
import { type Suite } from './tree-recipe.ts';
import { ensureTree } from './trees.ts';
import { waitForBanner } from './wait-for-banner.ts';

/** Hosts are `<NETWORK>.11`, `.12`, … and see this machine as `<NETWORK>.1`. */
const NETWORK = '10.88.0';
const DISK_BYTES = 2 * 1024 ** 3;
const BOOT_TIMEOUT_MS = 60_000;
const EXEC_TIMEOUT_MS = 60_000;
// The name is also that of a network device, `vb-<name>`, which the kernel limits to 15 characters.
const HOST_NAME = /^[a-z][a-z0-9-]{0,10}$/;

export interface FleetOptions {
  /** Default: `deb12` on bookworm and `deb13` on trixie. */
  hosts?: readonly { name: string; suite: Suite }[];
  /** Size of each host's writable disk, kept in memory; default 2 GiB. */
  diskBytes?: number;
  /** A port of this machine's loopback the hosts shall reach, see `forward`. */
  forwardPort?: number;
}

export interface FleetHost {
  name: string;
  suite: Suite;
  /** Address inside the fleet; this machine's own network cannot reach it. */
  address: string;
  /** Where this machine reaches the host's sshd: always the loopback address. */
  sshHost: string;
  sshPort: number;
}

export interface ExecOptions {
  input?: string | Buffer;
  /** Default 60 s; when it passes, the program is killed and the call throws. */
  timeoutMs?: number;
}

export interface ExecResult {
  stdout: string;
  stderr: string;
  code: number;
}

export interface Fleet extends HostFaults {
  hosts: FleetHost[];
  /** Logs in as `root` and as `ops` (sudo without a password) on every host. OpenSSH format; made for this fleet alone. */
  privateKey: string;
  publicKey: string;
  /** A file with the private key, for programs that want one; it vanishes with the fleet. */
  keyFile: string;
  /** The address at which hosts reach this machine's forwarded ports. */
  gateway: string;
  /** The fleet's network namespace, for `nsenter --net=`. */
  netnsPath: string;
  /** The fleet's process 1. */
  initPid: number;
  host(name: string): FleetHost;
  /** Runs a program in a host as root, not over the network. A status other than 0 is returned, not thrown. */
  exec(host: string, argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  putFile(host: string, path: string, content: string | Buffer, mode?: number): Promise<void>;
  /** @throws Error when the file cannot be read */
  readFile(host: string, path: string): Promise<string>;
  /** Lets the hosts reach 127.0.0.1:`port` of this machine as `gateway`:`port`, and nothing else of it. */
  forward(port: number): Promise<void>;
  /** Restarts the host's systemd and waits until its sshd greets again. */
  reboot(host: string): Promise<void>;
  waitForSsh(host: string, timeoutMs?: number): Promise<void>;
  /** The end of what the host wrote to its console. */
  console(host: string): Promise<string>;
  /** Takes everything away. Runs by itself, within a second, when this process ends in whatever way. */
  stop(): Promise<void>;
}

/**
 * Starts Debian hosts with real systemd and sshd and waits until every sshd greets. Call `detectFleet()` first.
 * @throws Error with the end of the console of a host that did not come up; nothing is left running then.
 */
export async function startFleet(options: FleetOptions = {}): Promise<Fleet> {
  const wanted = options.hosts ?? [
    { name: 'deb12', suite: 'bookworm' },
    { name: 'deb13', suite: 'trixie' },
  ];
  for (const { name } of wanted) {
    if (!HOST_NAME.test(name)) throw new Error(`${name} is no name for a host: use up to 11 of a-z, 0-9 and -.`);
  }
  sweepCgroups();
  const suites = [...new Set(wanted.map((host) => host.suite))];
  const trees = new Map(await Promise.all(suites.map(async (suite) => [suite, await ensureTree(suite)] as const)));
  const keys = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'fleet' });
  const id = `fleet-${String(process.pid)}-${randomBytes(4).toString('hex')}`;
  const placed = wanted.map((host, index) => ({ ...host, address: `${NETWORK}.${String(11 + index)}` }));
  const supervisor = new SupervisorProcess({
    id,
    network: NETWORK,
    diskBytes: options.diskBytes ?? DISK_BYTES,
    publicKey: keys.public,
    cgroups: listCgroupHierarchies(),
    hosts: placed.map((host) => ({ ...host, tree: trees.get(host.suite) })),
  });
  const stop = async () => {
    await supervisor.end();
    removeCgroups(id);
  };
  try {
    const { sshPorts, netnsPath, workspace } = await supervisor.ready();
    const hosts = placed.map((host) => ({ ...host, sshHost: '127.0.0.1', sshPort: sshPorts[host.name] ?? 0 }));
    const fleet = operateFleet(supervisor, hosts, keys, { netnsPath, workspace }, stop);
    if (options.forwardPort !== undefined) await fleet.forward(options.forwardPort);
    await Promise.all(hosts.map((host) => fleet.waitForSsh(host.name)));
    return fleet;
  } catch (error) {
    await stop();
    throw error;
  }
}

function operateFleet(
  supervisor: SupervisorProcess,
  hosts: FleetHost[],
  keys: { private: string; public: string },
  { netnsPath, workspace }: { netnsPath: string; workspace: string },
  stop: () => Promise<void>,
): Fleet {
  const initPid = supervisor.initPid();
  const keyFile = `/proc/${String(initPid)}/root${workspace}/key`;
  writeFileSync(keyFile, keys.private, { mode: 0o600 });
  const findHost = (name: string) => {
    const found = hosts.find((host) => host.name === name);
    if (!found) throw new Error(`There is no host ${name} in this fleet.`);
    return found;
  };
  const state = (host: string) => supervisor.request<{ boots: number; console: string }>('state', { host });

  const exec: Fleet['exec'] = async (host, argv, { input = '', timeoutMs = EXEC_TIMEOUT_MS } = {}) => {
    const encoded = Buffer.from(input).toString('base64');
    const result = await supervisor.request<ExecResult>('exec', { host, argv, input: encoded, timeoutMs });
    const decode = (text: string) => Buffer.from(text, 'base64').toString();
    return { code: result.code, stdout: decode(result.stdout), stderr: decode(result.stderr) };
  };
  const execOrThrow = async (host: string, argv: readonly string[], execOptions?: ExecOptions) => {
    const result = await exec(host, argv, execOptions);
    if (result.code === 0) return result.stdout;
    throw new Error(`${argv.join(' ')} ended with status ${String(result.code)} on ${host}: ${result.stderr.trim()}`);
  };
  const waitForSsh = async (host: string, timeoutMs = BOOT_TIMEOUT_MS) => {
    const { sshHost, sshPort } = findHost(host);
    if (await waitForBanner(sshHost, sshPort, timeoutMs)) return;
    throw new Error(`${host} has no sshd after ${String(timeoutMs)} ms. Its console:\n${(await state(host)).console}`);
  };
  const waitForBoot = async (host: string, boot: number) => {
    const deadline = Date.now() + BOOT_TIMEOUT_MS;
    while ((await state(host)).boots < boot) {
      if (Date.now() > deadline) throw new Error(`${host} did not restart within ${String(BOOT_TIMEOUT_MS)} ms.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await waitForSsh(host);
  };

  return {
    ...breakHosts(supervisor, execOrThrow),
    hosts,
    privateKey: keys.private,
    publicKey: keys.public,
    keyFile,
    gateway: `${NETWORK}.1`,
    netnsPath: `/proc/${String(initPid)}/root${netnsPath}`,
    initPid,
    host: findHost,
    exec,
    putFile: async (host, path, content, mode = 0o644) => {
      await execOrThrow(host, ['tee', '--', path], { input: content });
      await execOrThrow(host, ['chmod', mode.toString(8), '--', path]);
    },
    readFile: (host, path) => execOrThrow(host, ['cat', '--', path]),
    forward: async (port) => {
      await supervisor.request('forward', { port });
    },
    reboot: async (host) => {
      const { boots } = await state(host);
      await execOrThrow(host, ['systemctl', 'reboot']);
      await waitForBoot(host, boots + 1);
    },
    waitForSsh,
    console: async (host) => (await state(host)).console,
    stop,
  };
}
