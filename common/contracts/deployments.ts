import { z } from 'zod';
import { DEPLOYMENT_STATES, HOST_STATES } from '#common/domain/states.ts';
import { Id, Instant, Line, ListQuery, page } from './basics.ts';

export const VariableValue = z.union([z.string().max(65_536), z.number(), z.boolean()]);

export const CreateDeployment = z.strictObject({
  name: Line(200),
  playbook: z.string().max(200),
  serverIds: z.array(Id).min(1, 'must name at least one server').max(2000),
  variables: z.record(z.string().max(128), VariableValue).default({}),
});
export type CreateDeployment = z.infer<typeof CreateDeployment>;

const counts = z.object(
  Object.fromEntries(HOST_STATES.map((s) => [s, z.number().int()])) as Record<
    (typeof HOST_STATES)[number],
    z.ZodNumber
  >,
);

export const DeploymentHost = z.object({
  serverId: Id,
  serverName: z.string(),
  state: z.enum(HOST_STATES),
  reason: z.string().nullable(),
  currentTask: z.string().nullable(),
  okCount: z.number().int(),
  changedCount: z.number().int(),
  failedCount: z.number().int(),
  skippedCount: z.number().int(),
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
});
export type DeploymentHost = z.infer<typeof DeploymentHost>;

export const DeploymentSummary = z.object({
  id: Id,
  name: z.string(),
  playbook: z.string(),
  state: z.enum(DEPLOYMENT_STATES),
  reason: z.string().nullable(),
  waitingFor: z.string().nullable(),
  isDemo: z.boolean(),
  actorName: z.string(),
  counts,
  hostCount: z.number().int(),
  createdAt: Instant,
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
});
export type DeploymentSummary = z.infer<typeof DeploymentSummary>;
export const DeploymentPage = page(DeploymentSummary);
export const DeploymentListQuery = ListQuery.extend({
  state: z.enum(DEPLOYMENT_STATES).optional(),
  playbook: z.string().max(200).optional(),
  serverId: Id.optional(),
});
export type DeploymentListQuery = z.infer<typeof DeploymentListQuery>;

/** One deployment whole. Password variables read `[secret]`. */
export const Deployment = DeploymentSummary.extend({
  playbookHash: z.string(),
  variables: z.record(z.string(), VariableValue),
  hosts: z.array(DeploymentHost),
  lastEventSequence: z.number().int(),
  lastOutputSequence: z.number().int(),
});
export type Deployment = z.infer<typeof Deployment>;

/** One event of a run, in order of `sequence`. `kind` is the callback's event name. */
export const DeploymentEvent = z.object({
  sequence: z.number().int(),
  at: Instant,
  kind: z.string(),
  serverId: Id.nullable(),
  task: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
export type DeploymentEvent = z.infer<typeof DeploymentEvent>;

export const OutputChunk = z.object({ sequence: z.number().int(), at: Instant, chunk: z.string() });
export type OutputChunk = z.infer<typeof OutputChunk>;

/** `after` is the last sequence the reader has; `next` is what to send next time. */
export const SequenceQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(2000).default(500),
});
export const EventSlice = z.object({ items: z.array(DeploymentEvent), next: z.number().int() });
export const OutputSlice = z.object({ items: z.array(OutputChunk), next: z.number().int() });

/** One line of a workflow's history, for people. */
export const HistoryEntry = z.object({
  id: z.number().int(),
  at: Instant,
  kind: z.enum(['workflow', 'activity', 'timer', 'signal', 'update', 'child', 'other']),
  title: z.string(),
  state: z.enum(['started', 'running', 'completed', 'failed', 'cancelled', 'timed_out', 'info']),
  attempt: z.number().int().nullable(),
  durationMs: z.number().nullable(),
  detail: z.string().nullable(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;
export const DeploymentHistory = z.object({
  workflowId: z.string(),
  runId: z.string().nullable(),
  state: z.string(),
  /** Path of Temporal's own page about it, on this origin. */
  temporalUrl: z.string(),
  entries: z.array(HistoryEntry),
});
export type DeploymentHistory = z.infer<typeof DeploymentHistory>;
