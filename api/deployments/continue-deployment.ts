import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Deployment } from '#common/contracts/deployments.ts';
import { signRun } from '#common/crypto/run-authorization.ts';
import { refusalOf } from '#common/domain/deployment-actions.ts';
import type { DeploymentState } from '#common/domain/states.ts';
import { confirmInterruptedUpdate, type Confirmation } from '#workflows/deploy-fleet/messages.ts';
import type { ApiDeps } from '../deps.ts';
import type { ById } from '../http/params.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { askTemporal } from '../temporal/temporal-errors.ts';
import { requireDeployment } from './get-deployment.ts';
import { lockDeployment } from './lock-deployment.ts';
import { presentDeployment } from './present.ts';

const AUTHORIZED_FOR_MS = 5 * 60_000;
const UPDATE_MS = 10_000;

const notWaiting = (why?: string | null) =>
  new RefusedError('not_waiting', why ?? 'This deployment does not wait for anybody: reload it to see its state.');

/** A person agrees that hosts which were interrupted in the middle are run again. */
export async function continueDeployment({ deps, params, actor, change }: Context<ById>): Promise<Deployment> {
  await change(async (tx, audit) => {
    const row = await lockDeployment(tx, params.id);
    const refusal = refusalOf('continue', row.state as DeploymentState);
    if (refusal !== null || row.waitingFor !== 'confirmation') throw notWaiting(refusal);
    await audit({ action: 'deployment.continue', objectKind: 'deployment', objectId: params.id, objectName: row.name });
  });
  const actorId = actor.kind === 'user' ? actor.id : null;
  const claim = { actorId, expiresAtMs: deps.now().getTime() + AUTHORIZED_FOR_MS };
  const authorization = signRun(deps.masterKey, { kind: 'confirmation', deploymentId: params.id, ...claim });
  await confirm(deps, params.id, { ...claim, authorization });
  return presentDeployment(await requireDeployment(deps, params.id));
}

async function confirm(deps: ApiDeps, id: string, confirmation: Confirmation): Promise<void> {
  const handle = deps.temporal.workflow.getHandle(id);
  try {
    await askTemporal(() =>
      deps.temporal.withDeadline(Date.now() + UPDATE_MS, () =>
        handle.executeUpdate(confirmInterruptedUpdate, { args: [confirmation] }),
      ),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError) throw notWaiting();
    throw error;
  }
}
