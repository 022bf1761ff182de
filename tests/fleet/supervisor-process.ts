import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const KEPT_ERROR_CHARACTERS = 4000;
const END_TIMEOUT_MS = 10_000;

export interface SupervisorReady {
  sshPorts: Record<string, number>;
  /** Paths as the fleet sees them. */
  netnsPath: string;
  workspace: string;
}

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/**
 * The fleet's process 1, see `supervisor/__main__.py`. It lives exactly as long as this process holds the other end of its standard
 * input, and is killed as well when this process dies.
 */
export class SupervisorProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready: Promise<SupervisorReady>;
  readonly #ended: Promise<unknown>;
  #lastId = 0;
  #errors = '';

  constructor(config: object) {
    // The system's own Python and tools first: a version manager's stand-ins cost time and may be another version.
    const path = `/usr/sbin:/usr/bin:/sbin:/bin:${process.env['PATH'] ?? ''}`;
    const env: Record<string, string> = { PATH: path, LANG: 'C.UTF-8' };
    const own = [
      '--mount',
      '--pid',
      '--ipc',
      '--fork',
      '--kill-child=KILL',
      '--mount-proc',
      '--propagation',
      'private',
    ];
    const supervisor = ['python3', '-B', fileURLToPath(new URL('./supervisor', import.meta.url))];
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...own, ...supervisor], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: env as NodeJS.ProcessEnv,
      cwd: '/',
    });
    this.#child.stderr.on('data', (data: Buffer) => {
      this.#errors = (this.#errors + data.toString()).slice(-KEPT_ERROR_CHARACTERS);
    });
    this.#child.stdin.on('error', () => undefined);
    this.#ended = once(this.#child, 'close').then(() => {
      this.#rejectAll();
    });
    this.#ready = new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve: resolve as (result: unknown) => void, reject });
    });
    this.#ready.catch(() => undefined);
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#take(JSON.parse(line) as { id?: number; result?: unknown; error?: string });
    });
    this.#write(config);
  }

  /** Resolves when the network and the hosts are made; the hosts' systemd is only starting then. */
  ready(): Promise<SupervisorReady> {
    return this.#ready;
  }

  /** Asks for one operation. @throws Error with the supervisor's sentence. */
  request<Result>(op: string, fields: object): Promise<Result> {
    if (this.#child.exitCode !== null) return Promise.reject(this.#endError());
    const id = ++this.#lastId;
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#write({ id, op, ...fields });
    }) as Promise<Result>;
  }

  /** Process 1 of the fleet as this machine numbers it. */
  initPid(): number {
    const pid = String(this.#child.pid);
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
  }

  /** Ends the fleet and waits until its processes are gone. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_TIMEOUT_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  #write(message: object): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #take(message: { id?: number; result?: unknown; error?: string }): void {
    const id = message.id ?? 0;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (message.error !== undefined) waiting?.reject(new Error(message.error));
    else waiting?.resolve(id === 0 ? message : message.result);
  }

  #rejectAll(): void {
    for (const waiting of this.#waiting.values()) waiting.reject(this.#endError());
    this.#waiting.clear();
  }

  #endError(): Error {
    return new Error(`The fleet has ended. ${this.#errors.trim()}`.trim());
  }
}
