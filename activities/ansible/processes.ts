import { readdir, readFile } from 'node:fs/promises';

/** What tells a process from a later one with the same number. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot (field 22 of /proc/PID/stat). */
  startTime: number;
  bootId: string;
}

let currentBootId: string | undefined;

async function bootId(): Promise<string> {
  currentBootId ??= (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return currentBootId;
}

interface Stat {
  state: string;
  parent: number;
  startTime: number;
}

async function statOf(pid: number): Promise<Stat | null> {
  const text = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? 'X', parent: Number(fields[1]), startTime: Number(fields[19]) };
}

/** Whether this very process still lives: same number, same start, same boot, and not a zombie. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  if (identity.bootId !== (await bootId())) return false;
  const found = await statOf(identity.pid);
  return found !== null && found.startTime === identity.startTime && found.state !== 'Z' && found.state !== 'X';
}

/** Ids of all living processes below `roots`. */
export async function descendantsOf(roots: readonly number[]): Promise<number[]> {
  const children = new Map<number, { pid: number; state: string }[]>();
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids) {
    const found = await statOf(pid);
    if (found) children.set(found.parent, [...(children.get(found.parent) ?? []), { pid, state: found.state }]);
  }
  const living: number[] = [];
  const queue = [...roots];
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    for (const child of children.get(pid) ?? []) {
      queue.push(child.pid);
      if (child.state !== 'Z' && child.state !== 'X') living.push(child.pid);
    }
  }
  return living;
}

/** Ids of living processes whose environment holds `NAME=value` exactly. */
export async function processesWithVariable(name: string, value: string): Promise<number[]> {
  const wanted = `${name}=${value}`;
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const environment = await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(wanted)) found.push(Number(entry));
  }
  return found;
}

/** Sends a signal; a process that is gone or belongs to somebody else is passed over. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already, or not ours to end.
  }
}
