import { spawn, type ChildProcess } from 'node:child_process';
import { Writable } from 'node:stream';
import { join } from 'node:path';
import type { StopMessage } from '#common/process/part.ts';
import type { Redactor } from '#common/logging/redact.ts';
import { identify, signal, startTimeOf, type ProcessIdentity } from '../home/process-identity.ts';
import { LogFile } from './log-file.ts';
import { splitLines } from './line-splitter.ts';

export type PartState = 'starting' | 'ready' | 'waiting to restart' | 'stopping' | 'stopped';

export interface PartCommand {
  file: string;
  args: string[];
  /** The whole environment of the process. */
  env: Record<string, string>;
  cwd: string;
  /** Handed over as one JSON object on descriptor 3. */
  secrets?: Record<string, string>;
}

export interface PartSpec {
  name: string;
  /** Called before every start: files to write, leftovers to remove. */
  prepare?: () => void;
  command: () => PartCommand;
  /** `message`: it says `ready` on the process channel. Otherwise a probe that rejects until the part answers. */
  ready: 'message' | (() => Promise<unknown>);
  /** What ends it in good order, and how long that may take. */
  stopSignal: NodeJS.Signals;
  ports: Record<string, number>;
  version?: () => string | undefined;
}

export interface PartStatus {
  name: string;
  state: PartState;
  pid: number | null;
  ports: Record<string, number>;
  version: string | null;
  /** How often it was started again since the installation started. */
  restarts: number;
  readySince: string | null;
  lastExit: string | null;
}

export interface PartEvents {
  /** A process began or ended: what must be remembered for the next start has changed. */
  changed: () => void;
  line: (part: string, line: string) => void;
  died: (part: string, how: string, nextStartMs: number) => void;
  recovered: (part: string) => void;
}

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
/** After this long without a fault the next fault is a first one again. */
const HEALTHY_MS = 60_000;
const READY_TIMEOUT_MS = 90_000;
const DEATHS_BEFORE_READY = 3;

/** One process of an installation: started, watched, started again with back-off when it dies, and ended. */
export class Part {
  private child: ChildProcess | undefined;
  private current: ProcessIdentity | undefined;
  private state: PartState = 'stopped';
  private restarts = 0;
  private deathsInARow = 0;
  private delayMs = FIRST_DELAY_MS;
  private readyAt: number | undefined;
  private lastExit: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private wanted = false;
  private firstReady: { resolve: () => void; reject: (error: Error) => void } | undefined;
  private readonly log: LogFile;
  private lastLines: string[] = [];

  constructor(
    readonly spec: PartSpec,
    logs: string,
    private readonly redact: Redactor,
    private readonly events: PartEvents,
  ) {
    this.log = new LogFile(join(logs, `${spec.name}.log`));
  }

  get identity(): ProcessIdentity | undefined {
    return this.current;
  }

  status(): PartStatus {
    return {
      name: this.spec.name,
      state: this.state,
      pid: this.current?.pid ?? null,
      ports: this.spec.ports,
      version: this.spec.version?.() ?? null,
      restarts: this.restarts,
      readySince: this.state === 'ready' && this.readyAt ? new Date(this.readyAt).toISOString() : null,
      lastExit: this.lastExit ?? null,
    };
  }

  /** Resolves when the part is ready; rejects when it died several times before that, or takes too long. */
  start(): Promise<void> {
    this.wanted = true;
    this.deathsInARow = 0;
    this.delayMs = FIRST_DELAY_MS;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.firstReady?.reject(new Error(`${this.spec.name} did not become ready${this.lastWords()}`));
      }, READY_TIMEOUT_MS);
      this.firstReady = {
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.launch();
    });
  }

  /**
   * Ends the process in good order (by message where one is given), the hard way when that takes longer than `timeoutMs`.
   * Resolves when it is gone.
   */
  async stop(timeoutMs: number, message?: StopMessage): Promise<void> {
    this.wanted = false;
    clearTimeout(this.timer);
    this.firstReady?.reject(new Error(`${this.spec.name} was stopped before it was ready`));
    this.firstReady = undefined;
    const { child, current } = this;
    if (!child || !current) {
      this.state = 'stopped';
      return;
    }
    this.state = 'stopping';
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => {
        resolve();
      });
    });
    if (message && child.connected) child.send(message, () => undefined);
    else signal(current, this.spec.stopSignal);
    const hard = setTimeout(() => {
      this.log.write(`-- did not end within ${String(timeoutMs / 1000)} s: killed`);
      signal(current, 'SIGKILL');
    }, timeoutMs);
    await gone;
    clearTimeout(hard);
  }

  /** Ends and starts again, as asked for by a person. Resolves when it is ready. */
  async restart(timeoutMs: number, message?: StopMessage): Promise<void> {
    await this.stop(timeoutMs, message);
    this.restarts += 1;
    await this.start();
  }

  close(): void {
    this.log.close();
  }

  private launch(): void {
    this.state = 'starting';
    let command: PartCommand;
    try {
      this.spec.prepare?.();
      command = this.spec.command();
    } catch (error) {
      this.ended((error as Error).message);
      return;
    }
    const hasChannel = this.spec.ready === 'message';
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: { ...command.env, ...(command.secrets && { ADMIRAL_SECRETS_FD: '3' }) } as unknown as NodeJS.ProcessEnv,
      // Its own session: Ctrl-C at the terminal reaches the starter alone, which ends the parts in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', command.secrets ? 'pipe' : 'ignore', ...(hasChannel ? (['ipc'] as const) : [])],
    });
    this.child = child;
    this.log.write(`-- started ${new Date().toISOString()} as process ${String(child.pid)}`);
    child.on('error', (error) => {
      this.ended(error.message);
    });
    if (child.pid === undefined) return;
    this.current = identify(child.pid) ?? { pid: child.pid, startTime: startTimeOf(child.pid) ?? '', bootId: '' };
    this.events.changed();
    if (command.secrets) handOver(child, command.secrets);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) splitLines(stream, this.takeLine);
    }
    child.on('exit', (code, signalName) => {
      this.ended(signalName ? `ended by ${signalName}` : `ended with status ${String(code)}`);
    });
    if (this.spec.ready === 'message') {
      child.on('message', (message: unknown) => {
        if ((message as { type?: unknown } | null)?.type === 'ready') this.becameReady(child);
      });
    } else void this.probe(child, this.spec.ready);
  }

  private readonly takeLine = (raw: string): void => {
    const line = this.redact(raw);
    this.log.write(line);
    this.lastLines = [...this.lastLines.slice(-4), line.slice(0, 300)];
    this.events.line(this.spec.name, line);
  };

  private async probe(child: ChildProcess, isReady: () => Promise<unknown>): Promise<void> {
    while (this.child === child && this.state === 'starting') {
      try {
        await isReady();
        this.becameReady(child);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
    }
  }

  private becameReady(child: ChildProcess): void {
    if (this.child !== child || this.state !== 'starting') return;
    this.state = 'ready';
    this.readyAt = Date.now();
    const isFirst = this.firstReady !== undefined;
    this.firstReady?.resolve();
    this.firstReady = undefined;
    if (!isFirst) this.events.recovered(this.spec.name);
  }

  private ended(how: string): void {
    if (this.readyAt !== undefined && this.state === 'ready' && Date.now() - this.readyAt > HEALTHY_MS) {
      this.delayMs = FIRST_DELAY_MS;
    }
    this.child = undefined;
    this.current = undefined;
    this.lastExit = `${how} at ${new Date().toISOString()}`;
    this.log.write(`-- ${this.lastExit}`);
    this.events.changed();
    if (!this.wanted) {
      this.state = 'stopped';
      return;
    }
    this.deathsInARow += 1;
    if (this.firstReady && this.deathsInARow >= DEATHS_BEFORE_READY) {
      this.wanted = false;
      this.state = 'stopped';
      this.firstReady.reject(new Error(`${this.spec.name} ${how}${this.lastWords()}`));
      this.firstReady = undefined;
      return;
    }
    this.state = 'waiting to restart';
    this.restarts += 1;
    const delayMs = this.delayMs;
    this.delayMs = Math.min(delayMs * 2, MAX_DELAY_MS);
    this.events.died(this.spec.name, how, delayMs);
    this.timer = setTimeout(() => {
      this.launch();
    }, delayMs);
  }

  private lastWords(): string {
    const words = this.lastLines.map((line) => `\n    ${line}`).join('');
    return `; its whole log is ${this.log.file}${words}`;
  }
}

/** Writes the secrets to descriptor 3 of the child, which reads to the end and closes it. */
function handOver(child: ChildProcess, secrets: Record<string, string>): void {
  const pipe = child.stdio[3];
  if (!(pipe instanceof Writable)) return;
  pipe.on('error', () => undefined); // It died before it read them.
  pipe.end(JSON.stringify(secrets));
}
