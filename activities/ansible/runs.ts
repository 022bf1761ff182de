import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { RunPlaybookInput, RunPlaybookResult } from '#workflows/deploy-fleet/activities.ts';
import { LEASE_SECONDS, renewLease } from './lease.ts';
import { RunHandedOverError } from './run-errors.ts';
import type { ActivityLink, LeaveMode, RunDeps } from './run-deps.ts';
import { RunExecution } from './run-execution.ts';
import { readJsonFile, type AttemptPaths } from './run-folder.ts';
import { attemptState, buryAttempt, requestEnd } from './supervisor-process.ts';
import { attemptMarker } from './start-attempt.ts';

/** The cancel ladder takes 2.5 s; what a kernel needs to end processes comes on top. */
const LADDER_MS = 6000;

export interface RunsDeps extends RunDeps {
  /** Throws unless the api authorized this run (run_not_authorized, deployment_missing). */
  authorize: (input: RunPlaybookInput) => Promise<void>;
}

/** The runs that this process follows. */
export interface Runs {
  /** The activity. `link` is given by tests; otherwise it is the activity that calls. */
  runPlaybook: (input: RunPlaybookInput, link?: ActivityLink) => Promise<RunPlaybookResult>;
  /** Ids of the deployments that are followed now. */
  following: () => string[];
  /**
   * Lets go of all runs, and takes no more. `interrupt` ends them by the ladder and marks their hosts; `keep` leaves them for the next
   * start (an hour), `handOver` for the next worker (a minute). Settles when no run is touched any more.
   */
  stopAll: (mode: Exclude<LeaveMode, 'supersede'>) => Promise<void>;
  /** Ids of deployments whose supervisor lives on this machine, followed or not. */
  alive: () => Promise<string[]>;
  /** At a worker's start: gives runs that wait for a follower a minute more. */
  hold: () => Promise<void>;
  /** Ends and takes away what is left of deployments that are over. */
  sweep: (isOver: (deploymentId: string) => Promise<boolean>) => Promise<void>;
}

export function createRuns(deps: RunsDeps): Runs {
  const { store } = deps;
  const executions = new Map<string, RunExecution>();
  let isClosed = false;

  async function latestAttempt(deploymentId: string) {
    const number = (await store.attempts(deploymentId)).at(-1);
    return number === undefined ? null : { number, paths: store.attempt(deploymentId, number) };
  }

  async function aliveAttempts() {
    const alive: { id: string; paths: AttemptPaths }[] = [];
    for (const id of await store.list()) {
      const latest = await latestAttempt(id);
      if (latest && (await attemptState(latest.paths)).kind === 'running') alive.push({ id, paths: latest.paths });
    }
    return alive;
  }

  return {
    runPlaybook: async (input, link = currentActivity()) => {
      await deps.authorize(input);
      // A heartbeat that came too late makes Temporal start the activity again while the first call still follows the run.
      await executions.get(input.deploymentId)?.stop('supersede');
      if (isClosed) throw new RunHandedOverError();
      const execution = new RunExecution(deps, link, input);
      executions.set(input.deploymentId, execution);
      try {
        return await execution.run();
      } finally {
        if (executions.get(input.deploymentId) === execution) executions.delete(input.deploymentId);
      }
    },

    following: () => [...executions.keys()],

    stopAll: async (mode) => {
      isClosed = true;
      await Promise.all([...executions.values()].map((execution) => execution.stop(mode)));
      // Also what no call followed at this moment: it waits for its next attempt, or had just begun one.
      for (const { paths } of await aliveAttempts()) {
        if (mode === 'interrupt') await requestEnd(paths, 'interrupted');
        else await renewLease(paths, mode === 'keep' ? LEASE_SECONDS.kept : LEASE_SECONDS.handedOver);
      }
      const deadline = Date.now() + LADDER_MS;
      while (mode === 'interrupt' && Date.now() < deadline && (await aliveAttempts()).length > 0) await sleep(50);
    },

    alive: async () => (await aliveAttempts()).map(({ id }) => id),

    hold: async () => {
      for (const { paths } of await aliveAttempts()) {
        const lease = await readJsonFile(paths.lease);
        if (Number(lease?.ttlSeconds ?? 0) < LEASE_SECONDS.handedOver)
          await renewLease(paths, LEASE_SECONDS.handedOver);
      }
    },

    sweep: async (isOver) => {
      for (const id of await store.list()) {
        if (executions.has(id) || !(await isOver(id))) continue;
        const latest = await latestAttempt(id);
        if (latest) {
          const state = await attemptState(latest.paths);
          // It is gone at the next sweep.
          if (state.kind === 'running') await requestEnd(latest.paths, 'cancelled');
          if (state.kind === 'gone') await buryAttempt(latest.paths, attemptMarker(id, latest.number));
          if (state.kind === 'running') continue;
        }
        await store.remove(id);
      }
    },
  };
}

function currentActivity(): ActivityLink {
  const context = Context.current();
  return {
    activityId: `${context.info.workflowExecution?.runId ?? ''}/${context.info.activityId}`,
    heartbeat: (details) => {
      context.heartbeat(details);
    },
    signal: context.cancellationSignal,
    isCancelRequested: () => context.cancellationDetails?.cancelRequested ?? false,
    cancelledError: () => context.cancelled,
  };
}
