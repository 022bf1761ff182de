import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from './layout.ts';
import { readJson, writeJson } from './json-file.ts';
import { identify, isAlive, signal, waitUntilGone, type ProcessIdentity } from './process-identity.ts';

export interface RecordedPart extends ProcessIdentity {
  name: string;
}

const recordFile = (home: Home) => join(home.run, 'parts.json');

/** Notes which processes belong to the running start, for the next one in case this is killed. */
export function recordParts(home: Home, parts: readonly RecordedPart[]): void {
  writeJson(recordFile(home), parts);
}

/**
 * Ends what an earlier start left behind after it was killed, and never another process: each is known by number, start
 * time and boot. Returns the names of the parts that were still there.
 */
export async function endLeftovers(home: Home): Promise<string[]> {
  const recorded = ((readJson(recordFile(home)) ?? []) as RecordedPart[]).filter(isAlive);
  const postmaster = findPostmaster(home);
  if (postmaster && !recorded.some((part) => part.pid === postmaster.pid)) {
    recorded.push({ ...postmaster, name: 'postgres' });
  }
  for (const part of recorded) signal(part, part.name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  if (!(await waitUntilGone(recorded, 5000))) {
    for (const part of recorded) signal(part, part.name === 'postgres' ? 'SIGQUIT' : 'SIGKILL');
    if (!(await waitUntilGone(recorded, 3000))) {
      for (const part of recorded) signal(part, 'SIGKILL');
      await waitUntilGone(recorded, 3000);
    }
  }
  rmSync(recordFile(home), { force: true });
  removeStalePostmasterFile(home);
  return recorded.map((part) => part.name);
}

/** The Postgres server that has this home's data open, by its own lock file and its command line. */
function findPostmaster(home: Home): ProcessIdentity | undefined {
  const file = join(home.postgres, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  try {
    const args = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').split('\0');
    return args.includes(home.postgres) ? identify(pid) : undefined;
  } catch {
    return undefined;
  }
}

/** Postgres refuses to start when the number in its lock file is now another process's. */
export function removeStalePostmasterFile(home: Home): void {
  if (!findPostmaster(home)) rmSync(join(home.postgres, 'postmaster.pid'), { force: true });
}
