import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '#cli/engines/free-port.ts';
import { readJson } from '#cli/home/json-file.ts';
import type { RecordedPart } from '#cli/home/leftovers.ts';
import type { InstallationStatus } from '#cli/installation/installation.ts';
import { basicEnvironment, runCommand, type CommandResult } from '#common/process/run-command.ts';
import { endWithParent } from './end-with-parent.ts';
import { makeTempFolder } from './temp-folder.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ADMIRAL = join(ROOT, 'cli', 'admiral.mjs');
const READY = /^Admiral is ready: (\S+)$/m;
/** The first start of a checkout also installs and builds. */
const START_TIMEOUT_MS = 600_000;

export interface InstallationOptions {
  /** The data folder; default a fresh one that `stop({ remove: true })` removes. */
  home?: string;
  /** Further settings, such as `{ ADMIRAL_LISTEN: '10.88.0.1' }`. */
  env?: Record<string, string>;
}

export interface ApiAnswer<T = unknown> {
  status: number;
  headers: Headers;
  body: T;
}

export interface TestInstallation {
  /** What browsers use: `http://localhost:PORT`. */
  url: string;
  home: string;
  /** The administrator that the first start made. */
  admin: { email: string; password: string };
  starterPid: number;
  /** Milliseconds from the command to `Admiral is ready`. */
  startMs: number;
  /** Everything that the starter printed so far. */
  output: () => string;
  /** An API token of an administrator; made once. */
  adminToken: () => Promise<string>;
  /** One call of the API, as the administrator unless `token` says otherwise (`null`: nobody). */
  apiRequest: <T = unknown>(
    method: string,
    path: string,
    body?: unknown,
    options?: { token?: string | null; headers?: Record<string, string> },
  ) => Promise<ApiAnswer<T>>;
  /** Runs `admiral` with these arguments for this installation; rejects with CommandError on another status than 0. */
  admiral: (...args: string[]) => Promise<CommandResult>;
  status: () => Promise<InstallationStatus>;
  /** Process ids by part, as the starter recorded them. */
  pids: () => Record<string, number>;
  /** `kill -9` of one part, and waits until another process is ready in its place. */
  killPart: (name: string) => Promise<void>;
  /** `kill -9` of the starter and every part. */
  killAll: () => Promise<void>;
  /** SIGTERM to the starter (nothing when it is gone); waits for its end. `remove` takes the data folder away too. */
  stop: (options?: { remove?: boolean }) => Promise<void>;
}

/** Starts a whole installation as a person would, and waits until it is ready. It ends when the test process is gone. */
export async function startInstallation(options: InstallationOptions = {}): Promise<TestInstallation> {
  const home = options.home ?? join(await makeTempFolder('installation'), 'home');
  const admin = { email: 'admin@example.com', password: randomBytes(12).toString('hex') };
  const port = options.env?.ADMIRAL_HTTP_PORT ?? String(await freePort());
  const settings = { ADMIRAL_HOME: home, ADMIRAL_HTTP_PORT: port, ...options.env };
  const began = Date.now();
  const starter = startStarter({
    ...settings,
    ADMIRAL_ADMIN_EMAIL: admin.email,
    ADMIRAL_ADMIN_PASSWORD: admin.password,
  });
  await until(
    'the installation is ready or has ended',
    () => READY.test(starter.output()) || starter.exitCode() !== null,
    START_TIMEOUT_MS,
  );
  const url = READY.exec(starter.output())?.[1];
  if (url === undefined) throw new Error(`The installation did not start:\n${starter.output()}`);
  const startMs = Date.now() - began;
  const admiral = (...args: string[]) => runAdmiral(settings, ...args);
  let token: Promise<string> | undefined;
  const adminToken = () =>
    (token ??= admiral('token', 'create', '--name', 'test', '--role', 'admin').then(({ stdout }) => stdout.trim()));
  const recorded = () => (readJson(join(home, 'run', 'parts.json')) ?? []) as RecordedPart[];
  const pids = () => Object.fromEntries(recorded().map((part) => [part.name, part.pid]));
  const status = async () => JSON.parse((await statusJson(settings)).stdout) as InstallationStatus;
  return {
    url,
    home,
    admin,
    starterPid: starter.pid,
    startMs,
    output: starter.output,
    adminToken,
    apiRequest: async (method, path, body, { token: given, headers = {} } = {}) => {
      const bearer = given === undefined ? await adminToken() : given;
      return callApi(url, method, path, body, {
        ...(bearer !== null && { Authorization: `Bearer ${bearer}` }),
        ...headers,
      });
    },
    admiral,
    status,
    pids,
    killPart: async (name) => {
      const pid = pids()[name];
      if (pid === undefined) throw new Error(`no process of ${name} is recorded`);
      process.kill(pid, 'SIGKILL');
      await until(
        `${name} is back`,
        async () => {
          const part = (await status()).parts.find((found) => found.name === name);
          return part?.state === 'ready' && part.pid !== pid;
        },
        60_000,
      );
    },
    killAll: async () => {
      const all = [starter.pid, ...Object.values(pids())];
      for (const pid of all) process.kill(pid, 'SIGKILL');
      await starter.ended;
    },
    stop: async ({ remove = false } = {}) => {
      starter.terminate();
      await starter.ended;
      if (remove) await rm(home, { recursive: true, force: true });
    },
  };
}

/** Runs `admiral` with these settings, without a running installation of a test. Rejects with CommandError. */
export function runAdmiral(settings: Record<string, string>, ...args: string[]): Promise<CommandResult> {
  return runCommand(process.execPath, [ADMIRAL, ...args], {
    cwd: ROOT,
    env: { ...basicEnvironment(), ...settings },
    timeoutMs: 120_000,
  });
}

/** Status speaks by its exit status too; here only what it prints counts. */
async function statusJson(settings: Record<string, string>): Promise<{ stdout: string }> {
  try {
    return await runAdmiral(settings, 'status', '--json');
  } catch (error) {
    return { stdout: (error as CommandResult).stdout };
  }
}

export interface Starter {
  pid: number;
  output: () => string;
  exitCode: () => number | null;
  ended: Promise<void>;
  terminate: () => void;
}

/** `admiral start` with exactly these settings, not waited for. */
export function startStarter(settings: Record<string, string>): Starter {
  const [file = '', ...args] = endWithParent([process.execPath, ADMIRAL, 'start'], 'TERM');
  const child: ChildProcess = spawn(file, args, {
    cwd: ROOT,
    env: { ...basicEnvironment(), ...settings } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      output = (output + data.toString('utf8')).slice(-100_000);
    });
  }
  child.on('error', (error) => {
    output += error.message;
  });
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => {
      resolve();
    });
  });
  return {
    pid: child.pid ?? -1,
    output: () => output,
    exitCode: () => child.exitCode ?? (child.signalCode ? 128 : null),
    ended,
    terminate: () => child.kill('SIGTERM'),
  };
}

async function callApi<T>(
  url: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<ApiAnswer<T>> {
  const response = await fetch(new URL(path, url), {
    method,
    redirect: 'manual',
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
}
