import type { RunEvent } from '#common/contracts/run-events.ts';
import { isFinalHostState, type HostState } from './states.ts';

/** What is known of one host within a run. Instants are epoch milliseconds. */
export interface HostProgress {
  serverId: string;
  state: HostState;
  reason: string | null;
  currentTask: string | null;
  /** Tasks that went well, those that changed something among them, as in Ansible's recap. */
  okCount: number;
  changedCount: number;
  failedCount: number;
  skippedCount: number;
  startedAtMs: number | null;
  finishedAtMs: number | null;
}

/** How one attempt of a run ended. `sawEnd`: Ansible came to its recap, so what it says of hosts is complete. */
export interface AttemptEnd {
  /** exited, cancelled, interrupted, lease_lost, lost, start_failed, not_handed_over. */
  reason: string;
  exitCode: number | null;
  message: string | null;
  sawEnd: boolean;
}

/** A host before its first task of an attempt. */
export function pendingHost(serverId: string): HostProgress {
  return {
    serverId,
    state: 'pending',
    reason: null,
    currentTask: null,
    okCount: 0,
    changedCount: 0,
    failedCount: 0,
    skippedCount: 0,
    startedAtMs: null,
    finishedAtMs: null,
  };
}

/** The host after an event about it. A failure shows at once; a later task (after a rescue) makes the host run again. */
export function applyRunEvent(host: HostProgress, event: RunEvent): HostProgress {
  switch (event.kind) {
    case 'start':
      return {
        ...host,
        state: 'running',
        reason: null,
        currentTask: event.name,
        startedAtMs: host.startedAtMs ?? event.at,
        finishedAtMs: null,
      };
    case 'ok':
      return { ...host, okCount: host.okCount + 1, changedCount: host.changedCount + (event.changed ? 1 : 0) };
    case 'skipped':
      return { ...host, skippedCount: host.skippedCount + 1 };
    case 'failed':
      if (event.ignored) return { ...host, okCount: host.okCount + 1 };
      return {
        ...host,
        state: 'failed',
        reason: `${event.name}: ${event.message}`,
        failedCount: host.failedCount + 1,
        finishedAtMs: event.at,
      };
    case 'unreachable':
      return { ...host, state: 'unreachable', reason: event.message, finishedAtMs: event.at };
    case 'summary':
      return applySummary(host, event);
    default:
      return host;
  }
}

function applySummary(host: HostProgress, event: Extract<RunEvent, { kind: 'summary' }>): HostProgress {
  const { counts } = event;
  const state = summaryState(counts);
  return {
    ...host,
    state,
    reason: state === 'failed' || state === 'unreachable' ? host.reason : null,
    currentTask: null,
    okCount: counts.ok,
    changedCount: counts.changed,
    failedCount: counts.failures,
    skippedCount: counts.skipped,
    finishedAtMs: event.at,
  };
}

function summaryState(counts: Extract<RunEvent, { kind: 'summary' }>['counts']): HostState {
  if (counts.unreachable > 0) return 'unreachable';
  if (counts.failures > 0) return 'failed';
  return counts.changed > 0 ? 'changed' : 'ok';
}

/**
 * The host after its attempt has ended and every event is applied. What has a final state keeps it. A host in the middle of its tasks
 * is `unknown`, since what began on it may go on; when the installation was stopped, it is `interrupted`, and so are the hosts whose
 * turn had not come. After a crash of the run itself they stay `pending`: a new attempt takes them.
 */
export function settleHost(host: HostProgress, end: AttemptEnd, atMs: number): HostProgress {
  if (isFinalHostState(host.state)) return host.currentTask === null ? host : { ...host, currentTask: null };
  if (host.state === 'interrupted' && end.reason !== 'cancelled') return host;
  const ended = (state: HostState, reason: string): HostProgress => ({
    ...host,
    state,
    reason,
    currentTask: null,
    finishedAtMs: atMs,
  });
  const where = host.currentTask === null ? '' : ` during “${host.currentTask}”`;
  const isRunning = host.state === 'running';
  switch (end.reason) {
    case 'exited':
      if (isRunning)
        return ended('unknown', `Ansible ended with ${statusText(end)}${where}, without a word about this host.`);
      if (end.sawEnd) return ended('skipped', 'The play ended before it came to this host.');
      return ended('failed', `Ansible ended with ${statusText(end)} before it came to this host: see the output.`);
    case 'start_failed':
      return ended('failed', end.message ?? 'Ansible could not be started.');
    case 'cancelled':
      if (isRunning || (host.state === 'interrupted' && host.startedAtMs !== null))
        return ended('unknown', `Cancelled${where}: what had begun on the host may have gone on.`);
      return ended('skipped', 'Cancelled before it started.');
    case 'interrupted':
      return ended(
        'interrupted',
        isRunning ? `Admiral was stopped${where}.` : 'Admiral was stopped before it started.',
      );
    default:
      if (isRunning) return ended('unknown', `The run was lost${where}: what had begun on the host may have gone on.`);
      return host;
  }
}

function statusText(end: AttemptEnd): string {
  return end.exitCode === null ? 'a signal' : `status ${String(end.exitCode)}`;
}
