import { channels } from '#common/contracts/live.ts';
import { DEPLOYMENT_STATES, isFinalDeploymentState } from '#common/domain/states.ts';
import type { ById } from '../http/params.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { removeAgentFiles } from '../watch/agent-files.ts';
import { lockServer } from './lock-server.ts';
import { nameOf } from './present.ts';

const OPEN_STATES = DEPLOYMENT_STATES.filter((state) => !isFinalDeploymentState(state));

/** Refused while a deployment that has not ended targets the server. */
export async function deleteServer({ deps, params, change }: Context<ById>): Promise<undefined> {
  const { serverId, watchOnly } = await change(async (tx, audit) => {
    const server = await lockServer(tx, params.id);
    const busy = await tx.deploymentServer.findFirst({
      where: { serverId: params.id, deployment: { state: { in: OPEN_STATES } } },
      select: { deployment: { select: { name: true } } },
    });
    if (busy) {
      throw new RefusedError(
        'in_use',
        `The deployment "${busy.deployment.name}" works on this server: wait for its end or cancel it.`,
      );
    }
    await tx.server.delete({ where: { id: params.id } });
    await audit({
      action: 'server.delete',
      objectKind: 'server',
      objectId: params.id,
      objectName: nameOf(server),
      details: { serverId: server.serverId, sshHost: server.sshHost },
    });
    return server;
  });
  await deps.publish(channels.serversChanged, serverId);
  if (watchOnly) await removeAgentFiles(deps);
}
