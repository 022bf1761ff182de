import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotError } from '../settings/usage-error.ts';

/** Longest path of a Unix socket that every kernel we run on takes (sun_path is 108 bytes with its end mark). */
const MAX_SOCKET_PATH_BYTES = 107;
const FOLDERS = ['secrets', 'run', 'logs', 'runs', 'valkey', 'temporal', 'caddy'] as const;
const MARKER = 'admiral.json';

/** Where everything of one installation lies. All paths are absolute. */
export interface Home {
  folder: string;
  postgres: string;
  valkey: string;
  temporal: string;
  caddy: string;
  secrets: string;
  run: string;
  logs: string;
  runs: string;
}

export function homeLayout(folder: string): Home {
  const at = (name: string) => join(folder, name);
  return {
    folder,
    postgres: at('postgres'),
    valkey: at('valkey'),
    temporal: at('temporal'),
    caddy: at('caddy'),
    secrets: at('secrets'),
    run: at('run'),
    logs: at('logs'),
    runs: at('runs'),
  };
}

/** Whether the folder holds an installation's data. */
export function isHome(folder: string): boolean {
  return existsSync(join(folder, MARKER));
}

/**
 * Makes the data folder and its parts, all with mode 0700. Refuses a folder that belongs to somebody else, or that holds
 * other things than an installation.
 */
export function openHome(folder: string, version: string): Home {
  const home = homeLayout(folder);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CannotError(
      `The data folder ${folder} cannot be made (${(error as Error).message}): set ADMIRAL_HOME to a folder that you may write.`,
    );
  }
  if (statSync(folder).uid !== process.getuid?.()) {
    throw new CannotError(
      `The data folder ${folder} belongs to another user: start as that user, or set ADMIRAL_HOME.`,
    );
  }
  const isNew = !isHome(folder);
  if (isNew && readdirSync(folder).some((name) => name !== '.env')) {
    throw new CannotError(`The folder ${folder} holds other files: set ADMIRAL_HOME to an empty or a new folder.`);
  }
  chmodSync(folder, 0o700);
  if (isNew) {
    const marker = { product: 'nodepulse-admiral', version, createdAt: new Date().toISOString() };
    writeFileSync(join(folder, MARKER), `${JSON.stringify(marker)}\n`, { mode: 0o600 });
  }
  for (const name of FOLDERS) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  return home;
}

/**
 * The path of a Unix socket of this home: in its `run` folder, or, where that path is too long for a socket, in a 0700 folder
 * of ours under the temporary folder. Throws when that folder is somebody else's.
 */
export function socketPath(home: Home, name: string): string {
  const near = join(home.run, name);
  if (Buffer.byteLength(near) <= MAX_SOCKET_PATH_BYTES) return near;
  const uid = process.getuid?.() ?? 0;
  const digest = createHash('sha256').update(home.folder).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), `admiral-${String(uid)}-${digest}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o077) !== 0) {
    throw new CannotError(`The folder ${folder} is not ours alone: remove it, or set ADMIRAL_HOME to a shorter path.`);
  }
  return join(folder, name);
}
