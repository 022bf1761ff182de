import type { RunEvent } from '#common/contracts/run-events.ts';
import type { DeploymentHost } from '#common/contracts/deployments.ts';
import type { DeploymentUpdate } from '#common/contracts/live.ts';
import { applyRunEvent, type HostProgress } from '#common/domain/host-state.ts';
import { countHosts } from '#common/domain/states.ts';
import type { AppendedSequences, EventRow, RecordedHost, RunBatch, RunRecord, SpoolOffsets } from './run-records.ts';

/** What was read from the spool in one go. */
export interface SpoolPiece {
  events: readonly RunEvent[];
  output: readonly string[];
  to: SpoolOffsets;
}

/** The next batch of a run, and the hosts as they are after it. Pure. */
export function buildBatch(deploymentId: string, record: RunRecord, piece: SpoolPiece): RunBatch {
  const hosts = new Map<string, HostProgress>(record.hosts.map((host) => [host.serverId, host]));
  const changed = new Set<string>();
  for (const event of piece.events) {
    const id = 'host' in event ? event.host : undefined;
    const host = id === undefined ? undefined : hosts.get(id);
    if (!host) continue;
    hosts.set(host.serverId, applyRunEvent(host, event));
    changed.add(host.serverId);
  }
  return {
    deploymentId,
    attempt: record.attempt,
    from: record.offsets,
    to: piece.to,
    events: piece.events.map((event) => toRow(event, hosts)),
    output: piece.output,
    hosts: [...changed].map((id) => withoutName(hosts.get(id) as RecordedHost)),
  };
}

/** A batch that changes hosts alone. */
export function hostBatch(deploymentId: string, record: RunRecord, hosts: readonly HostProgress[]): RunBatch {
  const { attempt, offsets } = record;
  return { deploymentId, attempt, from: offsets, to: offsets, events: [], output: [], hosts };
}

/** The record after a batch was written. */
export function afterBatch(record: RunRecord, batch: RunBatch, sequences: AppendedSequences): RunRecord {
  const changed = new Map(batch.hosts.map((host) => [host.serverId, host]));
  return {
    ...record,
    ...sequences,
    offsets: batch.to,
    hosts: record.hosts.map((host) => ({ ...host, ...changed.get(host.serverId) })),
  };
}

/** What readers are told of a batch that is in the database: rows with their sequence numbers. `record` is the one after it. */
export function toUpdate(batch: RunBatch, record: RunRecord, nowMs: number): DeploymentUpdate {
  const changed = new Set(batch.hosts.map((host) => host.serverId));
  const firstEvent = record.lastEventSequence - batch.events.length + 1;
  const firstOutput = record.lastOutputSequence - batch.output.length + 1;
  return {
    deploymentId: batch.deploymentId,
    counts: countHosts(record.hosts.map((host) => host.state)),
    events: batch.events.map((event, index) => ({
      sequence: firstEvent + index,
      at: new Date(event.atMs).toISOString(),
      kind: event.kind,
      serverId: event.serverId,
      task: event.task,
      data: event.data,
    })),
    output: batch.output.map((chunk, index) => ({
      sequence: firstOutput + index,
      at: new Date(nowMs).toISOString(),
      chunk,
    })),
    hosts: record.hosts.filter((host) => changed.has(host.serverId)).map(toContract),
  };
}

function toContract(host: RecordedHost): DeploymentHost {
  const { startedAtMs, finishedAtMs, ...rest } = host;
  const instant = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return { ...rest, startedAt: instant(startedAtMs), finishedAt: instant(finishedAtMs) };
}

function withoutName(host: HostProgress & { serverName?: string }): HostProgress {
  const { serverName: _serverName, ...progress } = host;
  return progress;
}

function toRow(event: RunEvent, hosts: ReadonlyMap<string, unknown>): EventRow {
  const { kind, at, host, name, ...rest } = event as RunEvent & { host?: string; name?: string };
  const isOurs = host !== undefined && hosts.has(host);
  const data = host === undefined || isOurs ? rest : { ...rest, host };
  return { atMs: at, kind, serverId: isOurs ? host : null, task: name ?? null, data };
}
