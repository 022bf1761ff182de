import type { Deployment } from '#common/contracts/deployments.ts';
import { channels } from '#common/contracts/live.ts';
import { refusalOf } from '#common/domain/deployment-actions.ts';
import type { DeploymentState } from '#common/domain/states.ts';
import type { ById } from '../http/params.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { requireDeployment } from './get-deployment.ts';
import { lockDeployment } from './lock-deployment.ts';
import { presentDeployment } from './present.ts';
import { stopWorkflow } from './stop-workflow.ts';

/** Asks a deployment to end. It is cancelling until its hosts are; asking again is harmless. */
export async function cancelDeployment({ deps, params, change }: Context<ById>): Promise<Deployment> {
  await change(async (tx, audit) => {
    const row = await lockDeployment(tx, params.id);
    const state = row.state as DeploymentState;
    const refusal = state === 'cancelling' ? null : refusalOf('cancel', state);
    if (refusal !== null) throw new RefusedError('already_finished', refusal);
    await tx.deployment.update({
      where: { id: params.id },
      data: {
        state: 'cancelling',
        waitingFor: null,
        reason: null,
        cancelRequestedAt: row.cancelRequestedAt ?? deps.now(),
      },
    });
    await audit({
      action: 'deployment.cancel',
      objectKind: 'deployment',
      objectId: params.id,
      objectName: row.name,
      details: { stateBefore: row.state },
    });
  });
  await deps.publish(channels.deployment(params.id), { deploymentId: params.id, state: 'cancelling', reason: null });
  await stopWorkflow(deps, params.id);
  return presentDeployment(await requireDeployment(deps, params.id));
}
