import { spawn } from 'node:child_process';

export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Written to standard input, which is then closed. */
  input?: string;
  /** Default 60 s. The process is killed when it passes. */
  timeoutMs?: number;
  /** Bytes kept of each stream; default 1 MiB. */
  maxOutputBytes?: number;
}

export interface CommandResult {
  stdout: string;
  stderr: string;
}

/** A process that could not be started, ended with another status than 0, or took too long. Holds what it printed. */
export class CommandError extends Error {
  readonly code = 'command_failed';
  constructor(
    readonly file: string,
    readonly exitCode: number | null,
    readonly reason: string,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super(`${file} ${reason}${stderr.trim() ? `: ${stderr.trim().slice(-2000)}` : ''}`);
    this.name = 'CommandError';
  }
}

/**
 * Runs a program to its end: an argument vector, never a shell; a time-out; a cap on kept output; one error class.
 * The environment is exactly `env` (default: PATH and HOME of this process alone).
 */
export function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { timeoutMs = 60_000, maxOutputBytes = 1024 * 1024 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: (options.env ?? basicEnvironment()) as NodeJS.ProcessEnv,
      shell: false,
    });
    const kept = { stdout: '', stderr: '' };
    const keep = (stream: 'stdout' | 'stderr') => (data: Buffer) => {
      if (kept[stream].length < maxOutputBytes) kept[stream] += data.toString('utf8');
    };
    child.stdout.on('data', keep('stdout'));
    child.stderr.on('data', keep('stderr'));
    let reason: string | undefined;
    const timer = setTimeout(() => {
      reason = `took longer than ${String(timeoutMs / 1000)} s`;
      child.kill('SIGKILL');
    }, timeoutMs);
    const fail = (exitCode: number | null, why: string) => {
      reject(new CommandError(file, exitCode, why, kept.stdout, kept.stderr));
    };
    child.on('error', (error) => {
      clearTimeout(timer);
      fail(null, `could not be started (${error.message})`);
    });
    child.on('close', (exitCode, signal) => {
      clearTimeout(timer);
      if (exitCode === 0 && reason === undefined) resolve(kept);
      else fail(exitCode, reason ?? (signal ? `was ended by ${signal}` : `ended with status ${String(exitCode)}`));
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** PATH, HOME and the language of this process: what any child may know. */
export function basicEnvironment(): Record<string, string> {
  const { PATH = '/usr/local/bin:/usr/bin:/bin', HOME = '/', LANG = 'C.UTF-8' } = process.env;
  return { PATH, HOME, LANG };
}
