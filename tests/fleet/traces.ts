import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

import { listCgroupHierarchies } from './cgroup-hierarchies.ts';

/** What a fleet may leave on a machine, to be compared before, during and after its life. */
export interface Traces {
  /** Processes, as `pid/start time`, so that a number used again is not taken for the same process. */
  processes: string[];
  /** Network and process namespaces that still have a process. */
  namespaces: string[];
  mounts: string[];
  networkDevices: string[];
  cgroups: string[];
}

/** Everything below `pid`, itself included. */
export function listDescendants(pid: number): string[] {
  const children = readOr('', () => readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8'));
  const below = children
    .split(' ')
    .filter(Boolean)
    .flatMap((child) => listDescendants(Number(child)));
  return [...listed(pid), ...below];
}

/** The namespaces of the given processes (`pid/start time`). */
export function namespacesOf(processes: readonly string[]): string[] {
  const links = processes.flatMap((entry) => namespaceLinks(entry.split('/')[0] ?? ''));
  return [...new Set(links)];
}

/** The machine as it is now. */
export function readTraces(): Traces {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const processes = pids.flatMap((pid) => listed(Number(pid)));
  const lines = (file: string) => readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return {
    processes,
    namespaces: namespacesOf(processes),
    mounts: lines('/proc/self/mounts'),
    networkDevices: lines('/proc/net/dev').flatMap((line) => /^\s*(\S+):/.exec(line)?.[1] ?? []),
    cgroups: listCgroupHierarchies().flatMap(({ path }) =>
      readdirSync(path).filter((name) => name.startsWith('fleet-')),
    ),
  };
}

function listed(pid: number): string[] {
  // The program's name stands in brackets and may hold blanks; the start time is the twentieth field behind it.
  const stat = readOr('', () => readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return startTime ? [`${String(pid)}/${startTime}`] : [];
}

function namespaceLinks(pid: string): string[] {
  return ['net', 'pid', 'mnt'].flatMap((kind) => readOr([], () => [readlinkSync(`/proc/${pid}/ns/${kind}`)]));
}

function readOr<Value>(fallback: Value, read: () => Value): Value {
  try {
    return read();
  } catch {
    return fallback;
  }
}
