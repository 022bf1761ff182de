import { setTimeout as sleep } from 'node:timers/promises';
import { pendingHost, settleHost, type AttemptEnd, type HostProgress } from '#common/domain/host-state.ts';
import { countHosts } from '#common/domain/states.ts';
import type { RunPlaybookInput, RunPlaybookResult } from '#workflows/deploy-fleet/activities.ts';
import { refusalOf } from './attempt-files.ts';
import { followAttempt, sawEnd } from './follow-attempt.ts';
import { LEASE_SECONDS, renewLease } from './lease.ts';
import { givenUp, isLost, openHosts } from './open-hosts.ts';
import { RunHandedOverError, RunInterruptedError, RunSupersededError, SupervisorFailingError } from './run-errors.ts';
import type { ActivityLink, LeaveMode, RunDeps } from './run-deps.ts';
import { readJsonFile, type AttemptPaths } from './run-folder.ts';
import type { RunHost, RunPlan } from './run-plan.ts';
import type { RecordedHost, RunRecord } from './run-records.ts';
import { hostBatch } from './run-view.ts';
import { attemptMarker, startAttempt, type AttemptMeta } from './start-attempt.ts';
import { buryAttempt, requestEnd, waitForFirstSign } from './supervisor-process.ts';

const HEARTBEAT_MS = 500;
const LEASE_RENEWAL_MS = 2000;
/** A run whose folder is on another machine: its supervisor ends it 15 s after the last renewal of its lease. */
const FOREIGN_WAIT_MS = 20_000;
const FOREIGN_POLL_MS = 250;
/** How long the end of an interrupted run may take to reach the database before the next start has to bring it there. */
const INTERRUPT_WAIT_MS = 8000;
/** A run that is lost so often is not started again by itself. */
const MOST_ATTEMPTS = 20;
const MOST_FALSE_STARTS = 3;

type AttemptOutcome = Omit<AttemptEnd, 'sawEnd'>;

/** One call of the activity `runPlaybook`: adopts or starts attempts until every host has a result. */
export class RunExecution {
  private paths: AttemptPaths | undefined;
  private record: RunRecord | undefined;
  private leaving: LeaveMode | undefined;
  private isCancelled = false;
  private falseStarts = 0;
  private leaseChain: Promise<void> = Promise.resolve();
  /** Ends waits that are about nothing but time. */
  private readonly hurry = new AbortController();
  /** Ends the following of a run that goes on. */
  private readonly leave = new AbortController();
  readonly ended: Promise<void>;
  private markEnded: () => void = () => undefined;

  constructor(
    private readonly deps: RunDeps,
    private readonly link: ActivityLink,
    private readonly input: RunPlaybookInput,
  ) {
    this.ended = new Promise((resolve) => {
      this.markEnded = resolve;
    });
  }

  get deploymentId(): string {
    return this.input.deploymentId;
  }

  /** Throws the errors of run-errors.ts, PlaybookChangedError, what loadPlan throws, and the cancellation of the activity. */
  async run(): Promise<RunPlaybookResult> {
    const timers = [
      setInterval(() => {
        this.link.heartbeat({ attempt: this.record?.attempt, offsets: this.record?.offsets });
      }, HEARTBEAT_MS),
      setInterval(() => {
        if (!this.leave.signal.aborted) this.renew();
      }, LEASE_RENEWAL_MS),
    ];
    const onAbort = () => {
      void this.onActivityEnd();
    };
    this.link.signal.addEventListener('abort', onAbort);
    try {
      if (this.link.signal.aborted) onAbort();
      return await this.course();
    } catch (error) {
      if (!this.leave.signal.aborted) throw error;
      await this.leaseChain;
      throw this.leavingError();
    } finally {
      for (const timer of timers) clearInterval(timer);
      this.link.signal.removeEventListener('abort', onAbort);
      this.markEnded();
    }
  }

  /** Asked from outside. Settles when this call no longer touches the run. */
  async stop(mode: LeaveMode): Promise<void> {
    if (this.leaving === undefined) {
      this.leaving = mode;
      this.hurry.abort();
      if (mode === 'interrupt') {
        if (this.paths) await requestEnd(this.paths, 'interrupted').catch(() => undefined);
        setTimeout(() => {
          this.leave.abort();
        }, INTERRUPT_WAIT_MS).unref();
      } else {
        this.renew();
        this.leave.abort();
      }
    }
    await this.ended;
  }

  private async onActivityEnd(): Promise<void> {
    if (!this.link.isCancelRequested()) {
      void this.stop('handOver');
      return;
    }
    this.isCancelled = true;
    this.hurry.abort();
    if (this.paths) await this.askForEnd();
  }

  // -- the course of one call -----------------------------------------------------------------------------------------

  private async course(): Promise<RunPlaybookResult> {
    const { store, writer } = this.deps;
    for (;;) {
      this.record = await writer.load(this.deploymentId, this.leave.signal);
      const end = await this.finishAttempt(this.record);
      if (this.isCancelled) return await this.endCancelled();
      const open = await this.openHosts(end);
      if (open.length === 0) {
        await store.remove(this.deploymentId);
        return { kind: 'finished', counts: countHosts(this.current().hosts.map((host) => host.state)) };
      }
      if (this.leaving !== undefined) {
        await store.scrub(this.deploymentId);
        throw this.leavingError();
      }
      const plan = await this.deps.loadPlan(this.input);
      const begun = open.filter((host) => host.startedAtMs !== null);
      if (begun.length > 0 && !plan.repeatable && !(await this.isConfirmed())) {
        await store.scrub(this.deploymentId);
        return { kind: 'needsConfirmation', hostIds: begun.map((host) => host.serverId) };
      }
      await this.startHosts(plan, open);
    }
  }

  /** Follows the latest attempt to its end and settles its hosts. Before the first attempt there is nothing to do. */
  private async finishAttempt(record: RunRecord): Promise<AttemptOutcome> {
    const { store } = this.deps;
    if (record.attempt === 0) return { reason: 'none', exitCode: null, message: null };
    const paths = store.attempt(this.deploymentId, record.attempt);
    if (!(await store.exists(this.deploymentId))) return this.finishForeign(record);
    await store.createAttempt(this.deploymentId, record.attempt);
    this.paths = paths;
    await this.askForEnd();
    await waitForFirstSign(paths);
    const following = {
      deploymentId: this.deploymentId,
      paths,
      writer: this.deps.writer,
      signal: this.leave.signal,
      onRecord: (newer: RunRecord) => {
        this.record = newer;
      },
    };
    let followed = await followAttempt(following, record);
    if (followed.state.kind === 'gone') {
      this.deps.logger.warn({ deploymentId: this.deploymentId }, 'the supervisor of a run is gone');
      await buryAttempt(paths, attemptMarker(this.deploymentId, record.attempt));
      followed = await followAttempt(following, followed.record);
    }
    const end =
      followed.state.kind === 'ended' ? followed.state.exit : { reason: 'lost', exitCode: null, message: null };
    this.paths = undefined;
    await this.settle(followed.record, { ...end, sawEnd: await sawEnd(paths) });
    return end;
  }

  /**
   * The folder is not on this machine, or not yet, or was removed. What runs elsewhere ends itself when its lease runs out, and may end
   * in good order before: after the wait the database is asked again.
   */
  private async finishForeign(record: RunRecord): Promise<AttemptOutcome> {
    const { store, writer } = this.deps;
    const end = { reason: 'lost', exitCode: null, message: null };
    const deadline = Date.now() + FOREIGN_WAIT_MS;
    while (hasOpenHosts(record) && Date.now() < deadline && !this.hurry.signal.aborted) {
      if (await store.exists(this.deploymentId)) return this.finishAttempt(record);
      await sleep(FOREIGN_POLL_MS, undefined, { signal: this.hurry.signal }).catch(() => undefined);
      this.leave.signal.throwIfAborted();
      record = await writer.load(this.deploymentId, this.leave.signal);
      this.record = record;
    }
    if (!hasOpenHosts(record)) return { ...end, reason: 'none' };
    if (this.leaving !== 'interrupt') await this.settle(record, { ...end, sawEnd: false });
    return end;
  }

  private async settle(record: RunRecord, end: AttemptEnd): Promise<void> {
    const now = Date.now();
    const settled = record.hosts
      .map((host) => ({ before: host, after: settleHost(host, end, now) }))
      .filter(({ before, after }) => before !== after)
      .map(({ after }) => after);
    this.record = await this.writeHosts(record, settled);
  }

  private async writeHosts(record: RunRecord, hosts: readonly HostProgress[]): Promise<RunRecord> {
    if (hosts.length === 0) return record;
    return this.deps.writer.write(record, hostBatch(this.deploymentId, record, hosts), this.leave.signal);
  }

  /** Hosts that a new attempt has to take; none when the run was lost so often that a person must look. */
  private async openHosts(end: AttemptOutcome): Promise<RecordedHost[]> {
    const record = this.current();
    this.falseStarts = end.reason === 'not_handed_over' ? this.falseStarts + 1 : 0;
    if (this.falseStarts > MOST_FALSE_STARTS) throw new SupervisorFailingError(this.attemptPaths().folder);
    const open = openHosts(record, end.reason, (await this.meta())?.hostIds ?? []);
    if (!isLost(end.reason) || record.attempt < MOST_ATTEMPTS || open.length === 0) return open;
    this.record = await this.writeHosts(
      record,
      open.map((host) => givenUp(host, record.attempt, Date.now())),
    );
    return [];
  }

  private async startHosts(plan: RunPlan, open: readonly RecordedHost[]): Promise<void> {
    const { store, records, settings } = this.deps;
    const planned = new Map(plan.hosts.map((host) => [host.id, host]));
    const refused: HostProgress[] = [];
    const hosts: RunHost[] = [];
    for (const { serverId } of open) {
      const host = planned.get(serverId);
      const reason = host ? refusalOf(host) : 'The server was removed before its turn came.';
      if (host && reason === null) hosts.push(host);
      else refused.push({ ...pendingHost(serverId), state: 'failed', reason, finishedAtMs: Date.now() });
    }
    const record = await this.writeHosts(this.current(), refused);
    if (hosts.length === 0 || this.isCancelled || this.leaving !== undefined) return;
    const attempt = await records.claimAttempt(
      this.deploymentId,
      record.attempt,
      hosts.map((host) => host.id),
    );
    if (attempt === null) return; // Somebody else did: the next round follows theirs.
    const start = { deploymentId: this.deploymentId, attempt, plan, hosts, activityId: this.link.activityId };
    await startAttempt(store, settings, start, async (paths) => {
      this.paths = paths;
      await this.askForEnd();
    });
    this.renew();
  }

  /** Hosts whose turn had not come are skipped; the rest is settled already. */
  private async endCancelled(): Promise<never> {
    const record = this.current();
    await this.settle(record, { reason: 'cancelled', exitCode: null, message: null, sawEnd: false });
    await this.deps.store.remove(this.deploymentId);
    return this.link.cancelledError();
  }

  // -- small parts ----------------------------------------------------------------------------------------------------

  private current(): RunRecord {
    if (!this.record) throw new Error('The run is not loaded yet.');
    return this.record;
  }

  private attemptPaths(): AttemptPaths {
    return this.deps.store.attempt(this.deploymentId, this.current().attempt);
  }

  private async meta(): Promise<AttemptMeta | null> {
    const meta = await readJsonFile(this.attemptPaths().meta);
    return meta && Array.isArray(meta.hostIds) ? (meta as unknown as AttemptMeta) : null;
  }

  /** A confirmation holds for one attempt: the one that the confirmed call starts. */
  private async isConfirmed(): Promise<boolean> {
    return this.input.confirmed && (await this.meta())?.activityId !== this.link.activityId;
  }

  /** Puts what was asked of this call into the attempt's folder. */
  private async askForEnd(): Promise<void> {
    if (!this.paths) return;
    if (this.isCancelled) await requestEnd(this.paths, 'cancelled');
    else if (this.leaving === 'interrupt') await requestEnd(this.paths, 'interrupted');
  }

  /** One renewal after the other, so that the last one asked for is the one that stands. A newer follower renews by itself. */
  private renew(): void {
    const { paths } = this;
    if (!paths || this.leaving === 'supersede') return;
    const ttlSeconds =
      this.leaving === 'keep'
        ? LEASE_SECONDS.kept
        : this.leaving === 'handOver'
          ? LEASE_SECONDS.handedOver
          : LEASE_SECONDS.following;
    this.leaseChain = this.leaseChain.then(() => renewLease(paths, ttlSeconds)).catch(() => undefined);
  }

  private leavingError(): Error {
    if (this.leaving === 'interrupt') return new RunInterruptedError();
    return this.leaving === 'supersede' ? new RunSupersededError() : new RunHandedOverError();
  }
}

function hasOpenHosts(record: RunRecord): boolean {
  return record.hosts.some((host) => host.state === 'running' || host.state === 'pending');
}
