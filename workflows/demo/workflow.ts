import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  isCancellation,
  proxyActivities,
} from '@temporalio/workflow';
import { ANSIBLE_QUEUE } from '../task-queues.ts';
import type { DemoActivities } from './activities.ts';
import type { DemoInput, FillDemoInput } from './messages.ts';

/** Half hours of reports before the workflow goes on as new, so that its history stays short. */
const REPORTS_BEFORE_NEW = 100;

const activities = proxyActivities<DemoActivities>({
  taskQueue: ANSIBLE_QUEUE,
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '20 seconds',
  // Removal begins only when nothing is written any more.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: {
    initialInterval: '1 second',
    maximumInterval: '15 seconds',
    // Forged, or the plan is gone: nothing is touched and nothing is tried again.
    nonRetryableErrorTypes: ['run_not_authorized', 'demo_missing'],
  },
});

/** A demo from its filling to its removal: cancelling it is how it is taken away. */
export async function fillDemo(input: FillDemoInput): Promise<void> {
  try {
    if (!input.isFilled) await activities.fillDemo(input);
    for (let sent = 0; sent < REPORTS_BEFORE_NEW; sent += 1) await activities.reportDemo(input);
    await continueAsNew<typeof fillDemo>({ ...input, isFilled: true });
  } catch (error) {
    if (!isCancellation(error) && !isLate(error)) throw error;
    await CancellationScope.nonCancellable(() => activities.removeDemo(input));
  }
}

/** An activity began after the removal was ordered, before its cancellation came. */
function isLate(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.type === 'demo_missing';
}

/** Takes a demo away whose own workflow has ended. */
export async function removeDemo(input: DemoInput): Promise<void> {
  await activities.removeDemo(input);
}
