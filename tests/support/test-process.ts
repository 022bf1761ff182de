import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basicEnvironment } from '#common/process/run-command.ts';

export interface TestProcess {
  pid: number;
  /** The last 2,000 characters that it printed. */
  logTail: () => Promise<string>;
  isRunning: () => boolean;
  /** Settles when the process is gone. */
  ended: Promise<void>;
  /** Sends the signal and waits until the process is gone. */
  end: (signal: NodeJS.Signals) => Promise<void>;
}

/** Starts a server process whose output goes to a file; it does not keep the test process alive. */
export function startTestProcess(
  command: readonly string[],
  logFile: string,
  env: Record<string, string> = basicEnvironment(),
): TestProcess {
  const log = openSync(logFile, 'a', 0o600);
  const [file = '', ...args] = command;
  const child = spawn(file, args, { env: env as NodeJS.ProcessEnv, stdio: ['ignore', log, log] });
  closeSync(log);
  child.on('error', () => undefined);
  const exited = new Promise<void>((resolve) =>
    child.on('exit', () => {
      resolve();
    }),
  );
  child.unref();
  return {
    pid: child.pid ?? -1,
    logTail: async () => (await readFile(logFile, 'utf8').catch(() => '')).slice(-2000),
    isRunning: () => isRunning(child),
    ended: exited,
    end: async (signal) => {
      if (!isRunning(child)) return;
      child.ref();
      child.kill(signal);
      await exited;
    },
  };
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
