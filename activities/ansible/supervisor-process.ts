import { spawn } from 'node:child_process';
import { link, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendantsOf, isAlive, processesWithVariable, sendSignal, type ProcessIdentity } from './processes.ts';
import { readJsonFile, replaceFile, type AttemptPaths } from './run-folder.ts';

/** Names the attempt in the environment of everything that a run starts; not secret, and only the second way to find it. */
export const RUN_VARIABLE = 'ADMIRAL_RUN';

/** What the supervisor reads from standard input (ansible/supervisor/supervisor.py, read_job). Holds secrets. */
export interface SupervisorJob {
  argv: string[];
  env: Record<string, string>;
  cwd: string;
  agentSocket: string;
  keys: string[];
  mask: string[];
  maxOutputBytes?: number;
  namespaces?: boolean;
}

/** `exit.json`: how an attempt ended. `reason` as in AttemptEnd. */
export interface AttemptExit {
  reason: string;
  exitCode: number | null;
  message: string | null;
}

export type AttemptState = { kind: 'running' } | { kind: 'ended'; exit: AttemptExit } | { kind: 'gone' };

/** How long a supervisor may take from its start to its first file. */
const FIRST_SIGN_MS = 5000;

/**
 * Starts the supervisor of an attempt, in a session of its own, so that it outlives this process. The job goes over standard input and
 * nowhere else. Settles when the job is handed over; what becomes of it is read from the attempt's folder.
 */
export async function startSupervisor(
  python: string,
  script: string,
  paths: AttemptPaths,
  job: SupervisorJob,
): Promise<void> {
  const log = await open(paths.supervisorLog, 'a', 0o600);
  try {
    const env: Record<string, string> = { PATH: job.env.PATH ?? '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' };
    const child = spawn(python, ['-B', script, paths.folder], {
      detached: true,
      cwd: paths.folder,
      env: env as NodeJS.ProcessEnv,
      stdio: ['pipe', log.fd, log.fd],
    });
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.stdin?.on('error', () => {
        resolve(); // It ended before it read all: its folder says how.
      });
      child.stdin?.end(JSON.stringify(job), () => {
        resolve();
      });
    });
    child.unref();
  } finally {
    await log.close();
  }
}

/** How an attempt stands now, from its files and the process table. */
export async function attemptState(paths: AttemptPaths): Promise<AttemptState> {
  const supervisor = await readIdentity(paths);
  // Asked in this order: a supervisor that ends between the two questions has written how before.
  const alive = supervisor !== null && (await isAlive(supervisor));
  const exit = await readJsonFile(paths.exit);
  if (exit) return { kind: 'ended', exit: toExit(exit) };
  return alive ? { kind: 'running' } : { kind: 'gone' };
}

/** Waits for the first sign of a supervisor that may just be starting. */
export async function waitForFirstSign(paths: AttemptPaths): Promise<AttemptState> {
  const deadline = Date.now() + FIRST_SIGN_MS;
  for (;;) {
    const state = await attemptState(paths);
    if (state.kind !== 'gone' || (await readJsonFile(paths.supervisor)) !== null || Date.now() > deadline) return state;
    await sleep(50);
  }
}

/**
 * Gives up an attempt whose supervisor is gone without a word: takes its place for good, ends what is left of its Ansible, and writes
 * how it ended. Returns the end, which is the supervisor's own when it was only slow.
 */
export async function buryAttempt(paths: AttemptPaths, marker: string): Promise<AttemptExit> {
  if (await claimSupervisorFile(paths)) {
    // No supervisor ever began, and none can begin now.
    await replaceFile(paths.exit, JSON.stringify({ reason: 'not_handed_over', exitCode: null, message: null }));
  } else {
    await endLeftovers(paths, marker);
    if ((await readJsonFile(paths.exit)) === null) {
      await replaceFile(paths.exit, JSON.stringify({ reason: 'lost', exitCode: null, message: null }));
    }
  }
  return toExit((await readJsonFile(paths.exit)) ?? {});
}

/** Asks the supervisor to end the run by the ladder; the first reason stands. */
export async function requestEnd(paths: AttemptPaths, reason: 'cancelled' | 'interrupted'): Promise<void> {
  if ((await readJsonFile(paths.cancel)) !== null) return;
  await replaceFile(paths.cancel, JSON.stringify({ reason }));
}

async function claimSupervisorFile(paths: AttemptPaths): Promise<boolean> {
  const temporary = join(paths.folder, `.tombstone.${String(process.pid)}`);
  await writeFile(temporary, JSON.stringify({ pid: 0, startTime: 0, bootId: '' }), { mode: 0o600 });
  try {
    await link(temporary, paths.supervisor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * The kernel ends a run's namespace with its supervisor, and the tree ends its own where there is none. What is found after two
 * seconds all the same is killed: by descent from the tree, and by the run's mark in the environment.
 */
async function endLeftovers(paths: AttemptPaths, marker: string): Promise<void> {
  const tree = await readIdentity(paths, 'treePid', 'treeStartTime');
  const patientUntil = Date.now() + 2000;
  for (;;) {
    const treeLives = tree !== null && (await isAlive(tree));
    const marked = await processesWithVariable(RUN_VARIABLE, marker);
    if (!treeLives && marked.length === 0) return;
    if (Date.now() > patientUntil) {
      const roots = treeLives ? [tree.pid, ...marked] : marked;
      for (const pid of [...(await descendantsOf(roots)).reverse(), ...roots.reverse()]) sendSignal(pid, 'SIGKILL');
    }
    await sleep(50);
  }
}

async function readIdentity(
  paths: AttemptPaths,
  pid = 'pid',
  startTime = 'startTime',
): Promise<ProcessIdentity | null> {
  const file = await readJsonFile(paths.supervisor);
  if (typeof file?.bootId !== 'string' || typeof file[pid] !== 'number') return null;
  return { pid: file[pid], startTime: Number(file[startTime]), bootId: file.bootId };
}

function toExit(file: Record<string, unknown>): AttemptExit {
  return {
    reason: typeof file.reason === 'string' ? file.reason : 'lost',
    exitCode: typeof file.exitCode === 'number' ? file.exitCode : null,
    message: typeof file.message === 'string' ? file.message : null,
  };
}
