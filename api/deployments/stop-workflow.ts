import { WorkflowNotFoundError } from '@temporalio/client';
import type { ApiDeps } from '../deps.ts';
import { isTemporalAway } from '../temporal/temporal-errors.ts';
import { closeWithoutWorkflow } from './close-without-workflow.ts';

const CANCEL_MS = 4000;

/**
 * Asks the workflow of a deployment that is being cancelled to end. Without one the deployment ends here. Gives false when Temporal is
 * away: the reconciler asks again.
 */
export async function stopWorkflow(deps: ApiDeps, id: string): Promise<boolean> {
  try {
    await deps.temporal.withDeadline(Date.now() + CANCEL_MS, () => deps.temporal.workflow.getHandle(id).cancel());
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      await closeWithoutWorkflow(deps, id, ['cancelling'], { state: 'cancelled', reason: null });
      return true;
    }
    if (isTemporalAway(error)) deps.logger.warn({ deploymentId: id }, 'temporal is away: cancelling is tried again');
    else deps.logger.error({ err: error, deploymentId: id }, 'the workflow could not be cancelled: it is tried again');
    return false;
  }
}
