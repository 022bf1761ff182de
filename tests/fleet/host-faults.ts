import type { ExecOptions } from './fleet.ts';
import type { SupervisorProcess } from './supervisor-process.ts';

const HIDDEN_PYTHON = '/var/lib/hidden-python';

/** Ways to break a host within a second, each with its way back. */
export interface HostFaults {
  /** Down: the host falls silent, connections hang until they time out. */
  setLink(host: string, state: 'up' | 'down'): Promise<void>;
  /** New connections to the host are refused. */
  stopSshd(host: string): Promise<void>;
  startSshd(host: string): Promise<void>;
  /** The host hangs: its kernel accepts connections, no program of it answers until `thaw`. */
  freeze(host: string): Promise<void>;
  thaw(host: string): Promise<void>;
  /** Writing to the host's disk fails with "No space left on device"; logging in still works. */
  fillDisk(host: string): Promise<void>;
  freeDisk(host: string): Promise<void>;
  /** The host shows other host keys from now on. */
  changeHostKey(host: string): Promise<void>;
  removePython(host: string): Promise<void>;
  restorePython(host: string): Promise<void>;
}

type ExecOrThrow = (host: string, argv: readonly string[], options?: ExecOptions) => Promise<string>;

/** The faults, done by the fleet's supervisor or inside the host by `exec`. */
export function breakHosts(supervisor: SupervisorProcess, exec: ExecOrThrow): HostFaults {
  const request = async (op: string, fields: object) => {
    await supervisor.request(op, fields);
  };
  const listPythons = async (host: string, folder: string) => {
    const names = await exec(host, ['find', folder, '-maxdepth', '1', '-name', 'python3*', '-print0']);
    return names.split('\0').filter(Boolean);
  };
  const movePython = async (host: string, from: string, to: string) => {
    await exec(host, ['mkdir', '-p', from, to]);
    const pythons = await listPythons(host, from);
    if (pythons.length > 0) await exec(host, ['mv', '-t', to, '--', ...pythons]);
  };
  return {
    setLink: (host, state) => request('link', { host, up: state === 'up' }),
    stopSshd: async (host) => {
      await exec(host, ['systemctl', 'stop', 'ssh.service']);
      // The loopback port must refuse as the host itself would.
      await request('sshPort', { host, open: false });
    },
    startSshd: async (host) => {
      await exec(host, ['systemctl', 'start', 'ssh.service']);
      await request('sshPort', { host, open: true });
    },
    freeze: (host) => request('freeze', { host, frozen: true }),
    thaw: (host) => request('freeze', { host, frozen: false }),
    fillDisk: (host) => request('disk', { host, full: true }),
    freeDisk: (host) => request('disk', { host, full: false }),
    changeHostKey: async (host) => {
      const old = await exec(host, ['find', '/etc/ssh', '-name', 'ssh_host_*', '-print0']);
      await exec(host, ['rm', '--', ...old.split('\0').filter(Boolean)]);
      await exec(host, ['ssh-keygen', '-A']);
      await exec(host, ['systemctl', 'restart', 'ssh.service']);
    },
    removePython: (host) => movePython(host, '/usr/bin', HIDDEN_PYTHON),
    restorePython: (host) => movePython(host, HIDDEN_PYTHON, '/usr/bin'),
  };
}
