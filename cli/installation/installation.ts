import { join } from 'node:path';
import type { Redactor } from '#common/logging/redact.ts';
import { connectOwner, DATABASE, initPostgres, isPostgresInitialised, preparePostgres } from '../engines/postgres.ts';
import { recordParts, type RecordedPart } from '../home/leftovers.ts';
import { caddyPart, postgresPart, temporalPart, valkeyPart } from './engine-parts.ts';
import { askVersions, type EngineVersions } from './engine-versions.ts';
import { ensureAdministrator, type FirstAdministrator } from './first-administrator.ts';
import { waitForFrontDoor } from './front-door.ts';
import { venvBin, type InstallationPlan } from './installation-plan.ts';
import { migrate } from './migrations.ts';
import { NODE_PARTS, nodePart } from './node-parts.ts';
import { findNotable } from './notable-line.ts';
import { Part, type PartSpec, type PartStatus } from './part.ts';
import { writePendingAudit } from './pending-audit.ts';
import { runsInFlight, type RunInFlight } from './runs-in-flight.ts';
import type { Terminal } from './terminal.ts';
import { WatchedAgent } from './watched-agent.ts';

export type InstallationState = 'starting' | 'ready' | 'degraded' | 'restarting' | 'stopping' | 'stopped';

export interface InstallationStatus {
  state: InstallationState;
  version: string;
  url: string;
  home: string;
  pid: number;
  startedAt: string;
  parts: PartStatus[];
  runsInFlight: RunInFlight[];
}

/** What each step of the end may take; together under 15 s. */
const WORKER_STOP_MS = 7000;
const SERVICES_STOP_MS = 3000;
const ENGINES_STOP_MS = 3500;
const WORKER = 'ansible-worker';
const ENGINES = ['postgres', 'valkey', 'temporal'];

/** All processes of one installation: started in the order of their needs, watched, and ended. */
export class Installation {
  private readonly parts = new Map<string, Part>();
  private readonly versions: EngineVersions = {};
  private readonly startedAt = new Date();
  private readonly agent: WatchedAgent;
  private phase: InstallationState = 'starting';
  private initialising: Promise<void> = Promise.resolve();

  constructor(
    private readonly plan: InstallationPlan,
    private readonly terminal: Terminal,
    redact: Redactor,
  ) {
    const specs = [
      postgresPart(plan, this.versions),
      valkeyPart(plan, this.versions),
      temporalPart(plan, this.versions),
      ...NODE_PARTS.map((part) => nodePart(plan, part)),
      caddyPart(plan, this.versions),
    ];
    const createPart = (spec: PartSpec) => new Part(spec, plan.home.logs, redact, this.events());
    for (const spec of specs) this.parts.set(spec.name, createPart(spec));
    this.agent = new WatchedAgent(plan, createPart);
  }

  /** Starts everything. Returns how the first administrator gets in. Throws when a part cannot be started. */
  async start(): Promise<FirstAdministrator> {
    const { terminal, plan } = this;
    const connection = { port: plan.ports.postgres, ownerPassword: plan.secrets['database-owner'] };
    const database = (async () => {
      if (!isPostgresInitialised(plan.home.postgres)) {
        terminal.line('  postgres: making the database ...');
        this.initialising = initPostgres(plan.home.postgres, plan.secrets['database-owner']);
        await this.initialising;
      }
      await this.startPart('postgres');
      await preparePostgres(connection, {
        admiral_service: plan.secrets['database-service'],
        admiral_metrics: plan.secrets['database-metrics'],
      });
      const applied = await migrate(plan.root, connection, join(plan.home.secrets, 'database-owner'));
      if (applied.length > 0) terminal.line(`  migrations applied: ${applied.join(', ')}`);
      await writePendingAudit(plan.home.folder, connection);
      const owner = await connectOwner(connection, DATABASE);
      try {
        return await ensureAdministrator(owner, plan.settings);
      } finally {
        await owner.end();
      }
    })();
    const valkey = this.startPart('valkey');
    const temporal = this.startPart('temporal');
    const independent = [this.startPart('caddy'), this.startPart('app')];
    const workflows = temporal.then(() => this.startPart('workflow-worker'));
    const metrics = Promise.all([database, valkey]).then(() => this.startAll(['ingest', 'digest']));
    const runs = Promise.all([database, valkey, temporal]).then(() => this.startAll(['api', WORKER]));
    await allOrFirstError([database, valkey, temporal, ...independent, workflows, metrics, runs]);
    await waitForFrontDoor(plan.settings);
    this.phase = 'ready';
    this.agent.begin();
    void askVersions(this.versions, venvBin(plan.root));
    return database;
  }

  status(): InstallationStatus {
    const { plan } = this;
    const parts = [...this.parts.values(), ...this.agent.parts].map((part) => part.status());
    const isWhole = parts.every((part) => part.state === 'ready');
    return {
      state: this.phase === 'ready' && !isWhole ? 'degraded' : this.phase,
      version: plan.version,
      url: plan.settings.publicUrl,
      home: plan.home.folder,
      pid: process.pid,
      startedAt: this.startedAt.toISOString(),
      parts,
      runsInFlight: runsInFlight(plan.home),
    };
  }

  /**
   * Ends everything within 15 s: runs first (or leaves their supervisors, with `keepRuns`), then what serves, then the engines.
   */
  async stop(keepRuns: boolean): Promise<void> {
    this.phase = 'stopping';
    await this.initialising.catch(() => undefined);
    const byName = (names: string[]) => names.flatMap((name) => this.parts.get(name) ?? []);
    await Promise.all(byName([WORKER]).map((part) => part.stop(WORKER_STOP_MS, { type: 'stop', keepRuns })));
    const services = [...this.parts.values()].filter((p) => ![WORKER, ...ENGINES].includes(p.spec.name));
    await Promise.all([this.agent.end(), ...services.map((part) => part.stop(SERVICES_STOP_MS))]);
    await Promise.all(byName(ENGINES).map((part) => part.stop(ENGINES_STOP_MS)));
    this.phase = 'stopped';
  }

  /** Ends everything but the supervisors of runs, and starts it again. */
  async restart(): Promise<void> {
    await this.stop(true);
    this.phase = 'restarting';
    await this.start();
  }

  /** Ends one part and starts it again; runs are never touched. Throws when there is no such part. */
  async restartPart(name: string): Promise<void> {
    const part = this.parts.get(name) ?? this.agent.parts.find((found) => found.spec.name === name);
    if (!part) throw new Error(`There is no part "${name}"; the parts are ${[...this.parts.keys()].join(', ')}.`);
    await part.restart(WORKER_STOP_MS, name === WORKER ? { type: 'stop', keepRuns: true } : undefined);
  }

  hasPart(name: string): boolean {
    return this.parts.has(name);
  }

  close(): void {
    for (const part of this.parts.values()) part.close();
    this.agent.close();
  }

  private async startAll(names: string[]): Promise<void> {
    await Promise.all(names.map((name) => this.startPart(name)));
  }

  private async startPart(name: string): Promise<void> {
    const part = this.parts.get(name);
    if (!part) throw new Error(`there is no part ${name}`);
    if (this.phase === 'stopping') throw new Error('stopped while it was starting');
    const began = Date.now();
    await part.start();
    this.terminal.line(`  ${name.padEnd(16)} ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  }

  private events() {
    return {
      changed: () => {
        this.record();
      },
      line: (part: string, line: string) => {
        if (this.phase === 'stopping') return;
        const notable = findNotable(part, line);
        if (notable) this.terminal.warn(`${part}: ${notable.level}: ${notable.text.slice(0, 400)}`);
      },
      died: (part: string, how: string, nextStartMs: number) => {
        this.terminal.warn(`${part} ${how}; it is started again in ${String(nextStartMs / 1000)} s`);
      },
      recovered: (part: string) => {
        this.terminal.line(`${part} is ready again`);
      },
    };
  }

  private record(): void {
    const recorded: RecordedPart[] = [];
    for (const part of [...this.parts.values(), ...this.agent.parts]) {
      if (part.identity) recorded.push({ ...part.identity, name: part.spec.name });
    }
    recordParts(this.plan.home, recorded);
  }
}

/** Waits for all; the first error is thrown at once, and the others are not left unhandled. */
async function allOrFirstError(promises: Promise<unknown>[]): Promise<void> {
  for (const promise of promises) promise.catch(() => undefined);
  await Promise.all(promises);
}
