import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import { ANSIBLE_QUEUE } from '../task-queues.ts';
import type { DeployFleetActivities } from './activities.ts';
import {
  confirmInterruptedUpdate,
  getProgressQuery,
  type Confirmation,
  type DeployFleetInput,
  type DeployFleetProgress,
} from './messages.ts';

/** Somebody without the api's key started this, or the row is gone: the workflow fails and no row is touched. */
const FORGED = ['run_not_authorized', 'deployment_missing'];
/** Errors that no retry mends: the deployment fails with their sentence. */
const HOPELESS = [
  'playbook_missing',
  'playbook_changed',
  'playbook_tree_invalid',
  'variables_invalid',
  'ssh_key_missing',
  'seal_broken',
];
/** The codes are the failure types of activities/failures.ts. */
const FINAL_FAILURES = [...FORGED, ...HOPELESS];

const records = proxyActivities<DeployFleetActivities>({
  taskQueue: ANSIBLE_QUEUE,
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '10 seconds', nonRetryableErrorTypes: FINAL_FAILURES },
});

/** A run outlives its worker: the next attempt adopts it, so attempts are unlimited and the heartbeat time-out is short. */
const runs = proxyActivities<DeployFleetActivities>({
  taskQueue: ANSIBLE_QUEUE,
  startToCloseTimeout: '7 days',
  heartbeatTimeout: '5 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 1.5,
    maximumInterval: '10 seconds',
    nonRetryableErrorTypes: FINAL_FAILURES,
  },
});

/** One deployment, from the api's signed order to its summary. The workflow id is the deployment's id. */
export async function deployFleet(input: DeployFleetInput): Promise<void> {
  let progress: DeployFleetProgress = { step: 'starting', sinceMs: Date.now() };
  let confirmation: Confirmation | undefined;
  const enter = (step: DeployFleetProgress['step']) => {
    progress = { step, sinceMs: Date.now() };
  };
  setHandler(getProgressQuery, () => progress);
  setHandler(
    confirmInterruptedUpdate,
    (given: Confirmation) => {
      confirmation = given;
    },
    {
      validator: (_given: Confirmation) => {
        if (progress.step !== 'waitingForConfirmation')
          throw new Error('This deployment does not wait for a confirmation.');
      },
    },
  );

  let cancelled = false;
  let failure: string | undefined;
  try {
    const beginning = await records.beginDeployment(input);
    if (beginning.kind === 'ended') return;
    let confirmed = false;
    for (;;) {
      enter('running');
      const result = await runs.runPlaybook({ ...input, confirmed });
      if (result.kind === 'finished') break;
      enter('waitingForConfirmation');
      await records.markWaitingForConfirmation({ ...input, hostIds: result.hostIds });
      await condition(() => confirmation !== undefined);
      await records.recordConfirmation({ ...input, confirmation: confirmation as Confirmation });
      confirmation = undefined;
      confirmed = true;
    }
  } catch (error) {
    cancelled = isCancellation(error);
    if (!cancelled) failure = hopelessMessage(error);
  }
  enter('finishing');
  await CancellationScope.nonCancellable(() => records.finishDeployment({ ...input, cancelled, failure }));
  enter('done');
}

/** The sentence of a fault that ends the deployment; any other fault is thrown on. */
function hopelessMessage(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (cause instanceof ApplicationFailure && HOPELESS.includes(cause.type ?? '')) return cause.message;
  throw error;
}
