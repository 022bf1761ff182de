import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { DEPLOY_FLEET, type DeployFleetInput } from '#workflows/deploy-fleet/messages.ts';
import { WORKFLOW_QUEUE } from '#workflows/task-queues.ts';
import type { ApiDeps } from '../deps.ts';
import { isTemporalAway } from '../temporal/temporal-errors.ts';

const START_MS = 4000;

/**
 * Starts the workflow of a queued deployment; harmless when it runs already. Gives false when Temporal is away: the reconciler tries
 * again.
 */
export async function startWorkflow(deps: ApiDeps, input: DeployFleetInput): Promise<boolean> {
  try {
    await deps.temporal.withDeadline(Date.now() + START_MS, () =>
      deps.temporal.workflow.start(DEPLOY_FLEET, {
        workflowId: input.deploymentId,
        taskQueue: WORKFLOW_QUEUE,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return true;
    const { deploymentId } = input;
    if (isTemporalAway(error)) deps.logger.warn({ deploymentId }, 'temporal is away: the deployment stays queued');
    else deps.logger.error({ err: error, deploymentId }, 'the workflow could not be started: it is tried again');
    return false;
  }
}
