import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Paths of one attempt of a run. */
export interface AttemptPaths {
  folder: string;
  inventory: string;
  variables: string;
  knownHosts: string;
  sshConfig: string;
  keys: string;
  output: string;
  events: string;
  exit: string;
  lease: string;
  cancel: string;
  supervisor: string;
  supervisorLog: string;
  meta: string;
  home: string;
  /** Short and outside the run folder: a Unix socket's path holds 107 bytes. */
  sockets: string;
}

/**
 * Folders of runs: `HOME/runs/<deploymentId>/` with `snapshot/` and `attempts/<n>/`, all 0700. The one place that makes them and
 * takes them away, with the socket folder of each attempt.
 */
export interface RunStore {
  runFolder: (deploymentId: string) => string;
  snapshot: (deploymentId: string) => string;
  attempt: (deploymentId: string, attempt: number) => AttemptPaths;
  exists: (deploymentId: string) => Promise<boolean>;
  createAttempt: (deploymentId: string, attempt: number) => Promise<AttemptPaths>;
  /** Takes away what is secret or big, and leaves how each attempt ended, for the next one. */
  scrub: (deploymentId: string) => Promise<void>;
  remove: (deploymentId: string) => Promise<void>;
  /** Ids of deployments that have a folder. */
  list: () => Promise<string[]>;
  /** Numbers of the attempts that have a folder, oldest first. */
  attempts: (deploymentId: string) => Promise<number[]>;
}

const KEPT_BY_SCRUB = new Set(['exit.json', 'supervisor.json', 'meta.json']);

export function createRunStore(home: string): RunStore {
  const runs = join(home, 'runs');
  const runFolder = (deploymentId: string) => join(runs, safeId(deploymentId));
  const attempt = (deploymentId: string, number: number): AttemptPaths =>
    attemptPaths(join(runFolder(deploymentId), 'attempts', String(number)));
  const attempts = async (deploymentId: string): Promise<number[]> =>
    (await readdirOrNone(join(runFolder(deploymentId), 'attempts')))
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);

  return {
    runFolder,
    attempt,
    attempts,
    snapshot: (deploymentId) => join(runFolder(deploymentId), 'snapshot'),
    exists: async (deploymentId) => (await stat(runFolder(deploymentId)).catch(() => null)) !== null,
    createAttempt: async (deploymentId, number) => {
      const paths = attempt(deploymentId, number);
      for (const folder of [paths.folder, paths.keys, paths.home])
        await mkdir(folder, { recursive: true, mode: 0o700 });
      await makeSocketFolder(paths.sockets);
      return paths;
    },
    scrub: async (deploymentId) => {
      for (const number of await attempts(deploymentId)) {
        const paths = attempt(deploymentId, number);
        await rm(paths.sockets, { recursive: true, force: true });
        for (const name of await readdirOrNone(paths.folder)) {
          if (!KEPT_BY_SCRUB.has(name)) await rm(join(paths.folder, name), { recursive: true, force: true });
        }
      }
    },
    remove: async (deploymentId) => {
      for (const number of await attempts(deploymentId)) {
        await rm(attempt(deploymentId, number).sockets, { recursive: true, force: true });
      }
      await rm(runFolder(deploymentId), { recursive: true, force: true, maxRetries: 3 });
    },
    list: () => readdirOrNone(runs),
  };
}

function attemptPaths(folder: string): AttemptPaths {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return {
    folder,
    inventory: join(folder, 'inventory.json'),
    variables: join(folder, 'vars.json'),
    knownHosts: join(folder, 'known_hosts'),
    sshConfig: join(folder, 'ssh_config'),
    keys: join(folder, 'keys'),
    output: join(folder, 'output.log'),
    events: join(folder, 'events.jsonl'),
    exit: join(folder, 'exit.json'),
    lease: join(folder, 'lease'),
    cancel: join(folder, 'cancel'),
    supervisor: join(folder, 'supervisor.json'),
    supervisorLog: join(folder, 'supervisor.log'),
    meta: join(folder, 'meta.json'),
    home: join(folder, 'home'),
    sockets: join(tmpdir().length > 40 ? '/tmp' : tmpdir(), `admiral-run-${name}`),
  };
}

/** A folder of this user alone. One that somebody else put there first is refused, since its owner could listen in. */
async function makeSocketFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch(async (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const found = await stat(path);
    if (!found.isDirectory() || found.uid !== process.getuid?.()) {
      throw new Error(`${path} belongs to another user: remove it, then start the deployment again.`);
    }
    await chmod(path, 0o700);
  });
}

/** Replaces a file in one step, so that a reader sees the old content or the new. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = join(dirname(path), `.${String(process.pid)}.${String(Math.random()).slice(2)}.tmp`);
  await writeFile(temporary, content, { mode: 0o600 });
  await rename(temporary, path);
}

/** The object in a small JSON file, or null when it is absent or not whole. */
export async function readJsonFile(path: string): Promise<Record<string, unknown> | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

async function readdirOrNone(path: string): Promise<string[]> {
  return readdir(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
}

function safeId(id: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new Error('A deployment id must be a UUID.');
  return id.toLowerCase();
}
