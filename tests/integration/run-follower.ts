import { randomUUID } from 'node:crypto';
import type { PoolConfig } from 'pg';
import type { DeploymentUpdate } from '#common/contracts/live.ts';
import { createPool } from '#common/db/pool.ts';
import { createLogger } from '#common/logging/logger.ts';
import { createPgRunRecords } from '#activities/ansible/pg-run-records.ts';
import type { ActivityLink } from '#activities/ansible/run-deps.ts';
import { createRunStore } from '#activities/ansible/run-folder.ts';
import type { RunPlan } from '#activities/ansible/run-plan.ts';
import type { RunRecords } from '#activities/ansible/run-records.ts';
import { createRunWriter } from '#activities/ansible/run-writer.ts';
import { createRuns, type Runs } from '#activities/ansible/runs.ts';
import { ansible } from './run-harness.ts';

/** A process's worth of run machinery against a test database. */
export interface Follower {
  runs: Runs;
  updates: DeploymentUpdate[];
  close: () => Promise<void>;
}

export interface FollowerOptions {
  home: string;
  database: PoolConfig;
  plan: () => Promise<RunPlan>;
  /** Puts faults between the machinery and the database. */
  around?: (records: RunRecords) => RunRecords;
}

export function makeFollower(options: FollowerOptions): Follower {
  const pool = createPool({ ...options.database, max: 4, connectionTimeoutMillis: 2000 });
  const updates: DeploymentUpdate[] = [];
  const records = (options.around ?? ((inner) => inner))(createPgRunRecords(pool));
  const logger = createLogger('test', 'error');
  const runs = createRuns({
    store: createRunStore(options.home),
    records,
    writer: createRunWriter({ records, logger, publish: (update) => updates.push(update) }),
    settings: ansible,
    loadPlan: options.plan,
    authorize: () => Promise.resolve(),
    logger,
  });
  return { runs, updates, close: () => pool.end() };
}

/** An activity as Temporal gives it, with the buttons in the hand of the test. */
export function makeLink(
  activityId: string = randomUUID(),
): ActivityLink & { cancel: () => void; timeOut: () => void } {
  const controller = new AbortController();
  let isCancelRequested = false;
  return {
    activityId,
    heartbeat: () => undefined,
    signal: controller.signal,
    isCancelRequested: () => isCancelRequested,
    cancelledError: () => Promise.reject(Object.assign(new Error('CANCELLED'), { name: 'CancelledFailure' })),
    cancel: () => {
      isCancelRequested = true;
      controller.abort();
    },
    timeOut: () => {
      controller.abort();
    },
  };
}
