import { channels } from '#common/contracts/live.ts';
import type { DeploymentState } from '#common/domain/states.ts';
import type { ApiDeps } from '../deps.ts';

type End = Extract<DeploymentState, 'cancelled' | 'failed'>;

/**
 * Ends a deployment that has no workflow (it never started, or was lost or terminated), provided it is still in one of the states
 * `from`. Hosts that never started are skipped, others unknown. Gives whether it did.
 */
export async function closeWithoutWorkflow(
  deps: Pick<ApiDeps, 'db' | 'publish' | 'now'>,
  id: string,
  from: readonly DeploymentState[],
  end: { state: End; reason: string | null },
): Promise<boolean> {
  const finishedAt = deps.now();
  const closed = await deps.db.$transaction(async (tx) => {
    const rows = await tx.deployment.updateMany({
      where: { id, state: { in: [...from] } },
      data: { state: end.state, reason: end.reason, waitingFor: null, finishedAt },
    });
    if (rows.count === 0) return false;
    await tx.deploymentServer.updateMany({
      where: { deploymentId: id, state: 'pending' },
      data: { state: 'skipped', finishedAt, reason: end.reason },
    });
    await tx.deploymentServer.updateMany({
      where: { deploymentId: id, state: { in: ['running', 'interrupted'] } },
      data: { state: 'unknown', finishedAt, currentTask: null, reason: end.reason },
    });
    return true;
  });
  if (closed) await deps.publish(channels.deployment(id), { deploymentId: id, state: end.state, reason: end.reason });
  return closed;
}
