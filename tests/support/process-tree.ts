import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The process and everything below it that is alive, by parentage. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statFields(Number(name));
    if (fields === undefined || fields[0] === 'Z') continue;
    const parent = Number(fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

/** Fields of /proc/PID/stat after the name: state, parent, ... */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Whether a process with this number is alive and no zombie. */
export function isRunning(pid: number): boolean {
  const state = statFields(pid)?.[0];
  return state !== undefined && state !== 'Z';
}

/** Environment and command line of a process, as others on the machine may see them. */
export function visibleText(pid: number): string {
  const read = (name: string) => {
    try {
      return readFileSync(`/proc/${String(pid)}/${name}`, 'utf8');
    } catch {
      return '';
    }
  };
  return `${read('environ')}\0${read('cmdline')}`;
}

export interface ListeningSocket {
  pid: number;
  address: string;
  port: number;
}

/** TCP sockets on which these processes listen. */
export function listeningSockets(pids: readonly number[]): ListeningSocket[] {
  const byInode = new Map<string, { address: string; port: number }>();
  for (const table of ['tcp', 'tcp6']) {
    for (const line of readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] !== '0A') continue;
      const [hex = '', port = ''] = (fields[1] ?? '').split(':');
      byInode.set(fields[9] ?? '', { address: parseAddress(hex), port: parseInt(port, 16) });
    }
  }
  return pids.flatMap((pid) => {
    const sockets = inodesOf(pid).flatMap((inode) => byInode.get(inode) ?? []);
    return sockets.map((socket) => ({ pid, ...socket }));
  });
}

function inodesOf(pid: number): string[] {
  try {
    const folder = `/proc/${String(pid)}/fd`;
    return readdirSync(folder).flatMap((name) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** The kernel writes addresses as words in the machine's byte order. */
function parseAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex')].reverse());
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.every((byte, index) => byte === (index === 15 ? 1 : 0))) return '::1';
  if (bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 255) return bytes.slice(12).join('.');
  return Buffer.from(bytes).toString('hex');
}
