import type { HostProgress } from '#common/domain/host-state.ts';

/** How far an attempt's spool is in the database, in bytes of its files. */
export interface SpoolOffsets {
  events: number;
  output: number;
}

/** The run's place in the database: the attempt that owns the spool, how far it is, and every host in order. */
export interface RunRecord {
  attempt: number;
  offsets: SpoolOffsets;
  lastEventSequence: number;
  lastOutputSequence: number;
  hosts: RecordedHost[];
}

export interface RecordedHost extends HostProgress {
  serverName: string;
}

export interface EventRow {
  atMs: number;
  kind: string;
  /** A host of the run; null for events about none, or about a host that the playbook itself added. */
  serverId: string | null;
  task: string | null;
  data: Record<string, unknown>;
}

export interface RunBatch {
  deploymentId: string;
  attempt: number;
  from: SpoolOffsets;
  to: SpoolOffsets;
  events: readonly EventRow[];
  output: readonly string[];
  /** Whole new state of the hosts that changed. */
  hosts: readonly HostProgress[];
}

/** Sequence numbers of the last row of each kind after a batch. */
export interface AppendedSequences {
  lastEventSequence: number;
  lastOutputSequence: number;
}

/**
 * Where a run is kept. Every write is fenced by attempt and offsets within one transaction, so a batch is there once, however many
 * tail the spool, and a write that happened but was reported as failed is found again by `load`.
 */
export interface RunRecords {
  /** Null when there is no such deployment. */
  load: (deploymentId: string) => Promise<RunRecord | null>;
  /** Makes the next attempt the owner and its hosts pending. Null when another attempt than `expected` owns the run. */
  claimAttempt: (deploymentId: string, expected: number, hostIds: readonly string[]) => Promise<number | null>;
  /** Null when somebody else is further: load again and go on from there. */
  appendBatch: (batch: RunBatch) => Promise<AppendedSequences | null>;
}
