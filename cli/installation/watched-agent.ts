import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { basicEnvironment } from '#common/process/run-command.ts';
import { venvBin, type InstallationPlan } from './installation-plan.ts';
import type { Part, PartSpec } from './part.ts';

const POLL_MS = 2000;
const STOP_MS = 3000;
/** Wait after an agent that did not come up at all. */
const AGAIN_MS = 30_000;
const CONFIG = 'agent.yml';

/**
 * The metrics agent of this machine, while the api has put a configuration into the `watch` folder of the home. It runs as the user of the
 * installation, with its buffer in that folder, and is watched like every other part.
 */
export class WatchedAgent {
  private readonly folder: string;
  private part: Part | undefined;
  /** The configuration that the agent runs with. */
  private config: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private work: Promise<void> = Promise.resolve();
  private notBeforeMs = 0;

  constructor(
    private readonly plan: InstallationPlan,
    private readonly createPart: (spec: PartSpec) => Part,
  ) {
    this.folder = join(plan.home.folder, 'watch');
  }

  /** None while nothing is to be watched. */
  get parts(): Part[] {
    return this.part ? [this.part] : [];
  }

  /** Makes the folder, and from then on does what lies in it. */
  begin(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const look = () => {
      this.work = this.work.then(() => this.look()).catch(() => undefined);
    };
    look();
    this.timer = setInterval(look, POLL_MS);
  }

  /** Ends the agent; its configuration stays for the next start. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.work;
    await this.stopPart();
  }

  close(): void {
    this.part?.close();
  }

  private async look(): Promise<void> {
    const wanted = this.readConfig();
    if (wanted === this.config || this.timer === undefined) return;
    if (wanted !== undefined && Date.now() < this.notBeforeMs) return;
    await this.stopPart();
    this.clean(wanted);
    if (wanted === undefined) return;
    const part = this.createPart(this.spec(wanted));
    this.part = part;
    this.config = wanted;
    part.start().catch(() => {
      // It never came up, or was stopped before: looked at again later.
      if (this.part !== part) return;
      part.close();
      this.part = undefined;
      this.config = undefined;
      this.notBeforeMs = Date.now() + AGAIN_MS;
    });
  }

  private async stopPart(): Promise<void> {
    const { part } = this;
    this.part = undefined;
    this.config = undefined;
    if (!part) return;
    await part.stop(STOP_MS);
    part.close();
  }

  private readConfig(): string | undefined {
    try {
      return readFileSync(join(this.folder, CONFIG), 'utf8');
    } catch {
      return undefined;
    }
  }

  /** Removes what earlier servers of this machine left: their buffers, and without a configuration everything. */
  private clean(config: string | undefined): void {
    for (const entry of readdirSync(this.folder, { withFileTypes: true })) {
      const isInUse = config?.includes(`/${entry.name}/`) ?? false;
      if (config === undefined || (entry.isDirectory() && !isInUse)) {
        rmSync(join(this.folder, entry.name), { recursive: true, force: true });
      }
    }
  }

  private spec(config: string): PartSpec {
    const { root } = this.plan;
    const own = join(venvBin(root), 'python3');
    const statusFile = join(/path: "(.*)\/buffer"/.exec(config)?.[1] ?? this.folder, 'status.json');
    return {
      name: 'agent',
      prepare: () => {
        rmSync(statusFile, { force: true });
      },
      command: () => ({
        file: existsSync(own) ? own : 'python3',
        args: [
          '-IS',
          join(root, 'ansible', 'roles', 'nodepulse_agent', 'files', 'nodepulse-agent.py'),
          '--config',
          join(this.folder, CONFIG),
          '--exit-with-parent',
        ],
        env: basicEnvironment(),
        cwd: this.folder,
      }),
      // It writes the file when it has taken its configuration.
      ready: () => (existsSync(statusFile) ? Promise.resolve() : Promise.reject(new Error('not yet'))),
      stopSignal: 'SIGTERM',
      ports: {},
    };
  }
}
