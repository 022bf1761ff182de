import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { basicEnvironment } from '#common/process/run-command.ts';

export interface PartProcess {
  pid: number;
  log: () => Promise<string>;
  /** Sends the signal and waits for the end; returns the exit status, null after a fatal signal. */
  end: (signal: NodeJS.Signals) => Promise<number | null>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SECRET_FILES = {
  databasePassword: 'ADMIRAL_DATABASE_PASSWORD_FILE',
  valkeyPassword: 'ADMIRAL_VALKEY_PASSWORD_FILE',
  proxySecret: 'ADMIRAL_PROXY_SECRET_FILE',
} as const;

/**
 * Starts a part of the product from its source as a process of its own, and waits until it says that it is ready. Like every
 * part it ends by itself when this process is gone.
 * @param entry such as `ingest/main.ts`
 * @param folder takes its secrets as files, and its log
 */
export async function startPart(
  entry: string,
  folder: string,
  settings: Record<string, string>,
  secrets: Partial<Record<keyof typeof SECRET_FILES, string>>,
): Promise<PartProcess> {
  const env: Record<string, string> = { ...basicEnvironment(), NODE_ENV: 'test', ...settings };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, value] of Object.entries(secrets)) {
    const file = join(folder, name);
    await writeFile(file, value, { mode: 0o600 });
    env[SECRET_FILES[name as keyof typeof SECRET_FILES]] = file;
  }
  const logFile = join(folder, `${entry.replaceAll('/', '-')}.log`);
  const child = spawn(process.execPath, ['--import', 'tsx', entry], {
    cwd: ROOT,
    env: env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const ended = new Promise<number | null>((resolve) => {
    child.on('exit', (status) => {
      log.end();
      resolve(status);
    });
  });
  const readLog = () => readFile(logFile, 'utf8').catch(() => '');
  await new Promise<void>((resolve, reject) => {
    child.on('message', () => {
      resolve();
    });
    void ended.then(async (status) => {
      reject(new Error(`${entry} ended with status ${String(status)}: ${(await readLog()).slice(-2000)}`));
    });
  });
  return {
    pid: child.pid ?? -1,
    log: readLog,
    end: async (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
