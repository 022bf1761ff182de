import { CancelledFailure, Context } from '@temporalio/activity';
import type { DemoActivities } from '#workflows/demo/activities.ts';
import type { DemoActivityDeps, Pace } from './deps.ts';
import { fillDemo } from './fill-demo.ts';
import { removeDemo } from './remove-demo.ts';
import { reportDemo } from './report-demo.ts';

/**
 * The activities of the demo; they touch the database and the front door, and no host. When `ending` is aborted they end with a failure
 * that is tried again, so that no worker waits for them.
 */
export function createDemoActivities(deps: DemoActivityDeps, ending: AbortSignal): DemoActivities {
  return {
    fillDemo: (input) => fillDemo(deps, input, activityPace(ending)),
    reportDemo: (input) => reportDemo(deps, input, activityPace(ending)),
    removeDemo: (input) => removeDemo(deps, input, activityPace(ending)),
  };
}

class WorkerEndingError extends Error {
  readonly code = 'worker_ending';
  constructor() {
    super('The worker ends; the next one goes on.');
    this.name = 'WorkerEndingError';
  }
}

function activityPace(ending: AbortSignal): Pace {
  const context = Context.current();
  const details: unknown = context.info.heartbeatDetails;
  return {
    begun: typeof details === 'number' ? details : 0,
    beat: (step) => {
      if (context.cancellationSignal.aborted) throw new CancelledFailure('the demo is being removed');
      if (ending.aborted) throw new WorkerEndingError();
      context.heartbeat(step);
    },
    sleep: (ms) => context.sleep(ms),
  };
}
