import type { Logger } from '#common/logging/logger.ts';
import type { RunPlaybookInput } from '#workflows/deploy-fleet/activities.ts';
import type { RunStore } from './run-folder.ts';
import type { RunPlan } from './run-plan.ts';
import type { RunRecords } from './run-records.ts';
import type { RunWriter } from './run-writer.ts';
import type { AnsibleSettings } from './start-attempt.ts';

/** What the machinery needs of the activity around it. */
export interface ActivityLink {
  activityId: string;
  heartbeat: (details: unknown) => void;
  /** Aborted when the activity is to end, for whatever reason. */
  signal: AbortSignal;
  /** Whether somebody cancelled it; otherwise it timed out, or the worker ends. */
  isCancelRequested: () => boolean;
  /** The error by which a cancelled activity ends. */
  cancelledError: () => Promise<never>;
}

export interface RunDeps {
  store: RunStore;
  records: RunRecords;
  writer: RunWriter;
  settings: AnsibleSettings;
  loadPlan: (input: RunPlaybookInput) => Promise<RunPlan>;
  logger: Logger;
}

/** `interrupt` ends the run by the ladder; the others leave it alive, for the next start or the next worker. */
export type LeaveMode = 'interrupt' | 'keep' | 'handOver' | 'supersede';
