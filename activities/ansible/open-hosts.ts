import type { HostProgress } from '#common/domain/host-state.ts';
import { isFinalHostState } from '#common/domain/states.ts';
import type { RecordedHost, RunRecord } from './run-records.ts';

/** Whether an attempt ended without anybody having asked for it, so that nobody knows what its hosts came to. */
export const isLost = (reason: string): boolean => reason === 'lost' || reason === 'lease_lost';

/** Hosts without a result; after a lost attempt also those of it that were in the middle and are unknown since. */
export function openHosts(record: RunRecord, reason: string, attempted: readonly string[]): RecordedHost[] {
  const lost = new Set(isLost(reason) ? attempted : []);
  return record.hosts.filter(
    (host) => !isFinalHostState(host.state) || (host.state === 'unknown' && lost.has(host.serverId)),
  );
}

/** A host of a run that is lost again and again. */
export function givenUp(host: HostProgress, attempts: number, atMs: number): HostProgress {
  const reason = `The run was lost ${String(attempts)} times: look at the machine that Admiral runs on.`;
  return { ...host, state: 'unknown', reason, currentTask: null, finishedAtMs: atMs };
}
