import { readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** A mounted control group hierarchy: version 1 has one per controller, version 2 a single one (a hybrid machine has both). */
export interface CgroupHierarchy {
  path: string;
  version: 1 | 2;
}

/** Every hierarchy mounted under /sys/fs/cgroup. */
export function listCgroupHierarchies(mountinfo = readFileSync('/proc/self/mountinfo', 'utf8')): CgroupHierarchy[] {
  const mounted = mountinfo.split('\n').flatMap((line): CgroupHierarchy[] => {
    const [before = '', after = ''] = line.split(' - ');
    const path = before.split(' ')[4] ?? '';
    const type = after.split(' ')[0];
    if (!/^\/sys\/fs\/cgroup(\/|$)/.test(path) || (type !== 'cgroup' && type !== 'cgroup2')) return [];
    return [{ path, version: type === 'cgroup' ? 1 : 2 }];
  });
  // What is mounted on top of /sys/fs/cgroup last hides everything below it.
  const root = mounted.findLastIndex(({ path }) => path === '/sys/fs/cgroup');
  return root === -1 ? mounted : mounted.slice(root);
}

/** Removes the empty groups of fleets whose starter is gone: all that the end of a fleet's processes leaves behind. */
export function sweepCgroups(): void {
  for (const { path } of listCgroupHierarchies()) {
    for (const name of listFolders(path)) {
      const starter = /^fleet-(\d+)-/.exec(name)?.[1];
      if (starter && !isAlive(Number(starter))) removeEmpty(join(path, name));
    }
  }
}

/** Removes the empty groups of one fleet. */
export function removeCgroups(fleet: string): void {
  for (const { path } of listCgroupHierarchies()) removeEmpty(join(path, fleet));
}

function removeEmpty(folder: string): void {
  for (const name of listFolders(folder)) removeEmpty(join(folder, name));
  try {
    rmdirSync(folder);
  } catch {
    // It is not there, or a process is still in it: whoever sweeps next takes it.
  }
}

function listFolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
