import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotError } from '../settings/usage-error.ts';
import type { Home } from './layout.ts';
import { readJson } from './json-file.ts';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

const lockFile = (home: Home) => join(home.run, 'starter.json');

/** The starter that holds this home, when it is alive. */
export function findStarter(home: Home): ProcessIdentity | undefined {
  const holder = readJson(lockFile(home)) as ProcessIdentity | undefined;
  return holder && isAlive(holder) ? holder : undefined;
}

/** Takes the home for this process: one start per home. Returns what gives it back. Throws CannotError when it is taken. */
export function lockHome(home: Home): () => void {
  const file = lockFile(home);
  const mine = `${file}.${String(process.pid)}`;
  writeFileSync(mine, JSON.stringify(identify(process.pid)), { mode: 0o600 });
  try {
    for (;;) {
      try {
        linkSync(mine, file); // Either whole and ours, or already there.
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = findStarter(home);
      if (holder) {
        throw new CannotError(
          `An installation with the data folder ${home.folder} already runs (process ${String(holder.pid)}): "admiral status" shows it, "admiral stop" ends it.`,
        );
      }
      removeStale(file, mine);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => {
    rmSync(file, { force: true });
  };
}

/** Moves a dead starter's lock away, and puts it back when another start was faster and the lock is a living one's. */
function removeStale(file: string, mine: string): void {
  const aside = `${mine}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = JSON.parse(readFileSync(aside, 'utf8') || 'null') as ProcessIdentity | null;
  if (moved && isAlive(moved)) {
    try {
      linkSync(aside, file);
    } catch {
      // A third start took it meanwhile.
    }
  }
  rmSync(aside, { force: true });
}
