import { WorkflowNotFoundError } from '@temporalio/client';
import type { DeploymentState } from '#common/domain/states.ts';
import type { ApiDeps } from '../deps.ts';
import { closeWithoutWorkflow } from './close-without-workflow.ts';
import { startWorkflow } from './start-workflow.ts';
import { stopWorkflow } from './stop-workflow.ts';

/** Younger ones are being started by the request that made them. */
const QUEUED_AGE_MS = 5000;
/** A run is only taken for lost when its workflow ended this long ago without a word in the row. */
const LOST_AGE_MS = 60_000;
const OPEN: readonly DeploymentState[] = ['queued', 'running', 'waiting', 'paused'];
const BATCH = 500;

/**
 * Brings Temporal in line with the rows, which are the master: starts queued deployments that have no workflow, asks again where one is
 * being cancelled, ends those whose workflow was lost. `started` holds ids that need no second start.
 */
export async function reconcileDeployments(deps: ApiDeps, started: Set<string>): Promise<void> {
  await startQueued(deps, started);
  const cancelling = await deps.db.deployment.findMany({
    where: { state: 'cancelling', isDemo: false },
    select: { id: true },
    take: BATCH,
  });
  for (const { id } of cancelling) if (!(await stopWorkflow(deps, id))) return;
  await endLost(deps);
}

async function startQueued(deps: ApiDeps, started: Set<string>): Promise<void> {
  const queued = await deps.db.deployment.findMany({
    where: {
      state: 'queued',
      isDemo: false,
      createdAt: { lt: new Date(deps.now().getTime() - QUEUED_AGE_MS) },
      id: { notIn: [...started] },
    },
    select: { id: true, authorization: true },
    orderBy: { createdAt: 'asc' },
    take: BATCH,
  });
  for (const { id, authorization } of queued) {
    if (!(await startWorkflow(deps, { deploymentId: id, authorization }))) return;
    started.add(id);
    if (started.size > BATCH) started.delete(started.values().next().value ?? '');
  }
}

async function endLost(deps: ApiDeps): Promise<void> {
  const open = await deps.db.deployment.findMany({
    where: { state: { in: [...OPEN] }, isDemo: false },
    select: { id: true, state: true },
    take: BATCH,
  });
  for (const { id, state } of open) {
    if (await hasEnded(deps, id, state === 'queued')) {
      const reason = 'Its workflow ended without a result: it was terminated, or the workflow engine lost it.';
      await closeWithoutWorkflow(deps, id, OPEN, { state: 'failed', reason });
    }
  }
}

/** A queued deployment without a workflow was not started yet; any other one was lost. */
async function hasEnded(deps: ApiDeps, id: string, isQueued: boolean): Promise<boolean> {
  try {
    const { closeTime } = await deps.temporal.withDeadline(Date.now() + 4000, () =>
      deps.temporal.workflow.getHandle(id).describe(),
    );
    return closeTime !== undefined && deps.now().getTime() - closeTime.getTime() > LOST_AGE_MS;
  } catch (error) {
    return error instanceof WorkflowNotFoundError && !isQueued;
  }
}
