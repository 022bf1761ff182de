import type { CreateDeployment, Deployment } from '#common/contracts/deployments.ts';
import { channels } from '#common/contracts/live.ts';
import { newId } from '#common/crypto/new-id.ts';
import { canonicalJson, signRun } from '#common/crypto/run-authorization.ts';
import { loadCatalogue } from '#common/playbooks/catalogue.ts';
import { hashPlaybookTree } from '#common/playbooks/hash-playbook-tree.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { checkTargets } from './check-targets.ts';
import { storedVariables } from './check-variables.ts';
import { DEPLOYMENT_PARTS, presentDeployment } from './present.ts';
import { startWorkflow } from './start-workflow.ts';

/**
 * Writes the deployment down and starts its workflow. When the workflow engine is away it stays queued, and is started as soon as that is
 * back.
 */
export async function createDeployment(context: Context<unknown, unknown, CreateDeployment>): Promise<Deployment> {
  const { deps, body, change, actor } = context;
  const playbook = (await loadCatalogue(deps)).get(body.playbook);
  if (!playbook) {
    throw new RefusedError('unknown_playbook', 'There is no such playbook: GET /api/playbooks lists those there are.', [
      { path: 'playbook', message: 'is not a playbook' },
    ]);
  }
  const id = newId();
  const variables = storedVariables(playbook.meta.variables, body.variables, deps.sealer, id);
  const playbookHash = await hashPlaybookTree(playbook.playbookFile, playbook.rolesDir);
  const { deployment, authorization } = await change(async (tx, audit) => {
    const targets = await checkTargets(tx, deps, body.serverIds);
    const signature = signRun(deps.masterKey, {
      kind: 'deployment',
      deploymentId: id,
      actorKind: actor.kind,
      actorId: actor.id,
      playbook: body.playbook,
      playbookHash,
      serverIds: targets.map((target) => target.id),
      variables: canonicalJson(variables),
    });
    const row = await tx.deployment.create({
      data: {
        id,
        name: body.name,
        playbook: body.playbook,
        playbookHash,
        variables,
        actorKind: actor.kind,
        actorId: actor.id,
        actorName: actor.name,
        authorization: signature,
        servers: {
          create: targets.map((target, position) => ({ serverId: target.id, serverName: target.name, position })),
        },
      },
      include: DEPLOYMENT_PARTS,
    });
    await audit({
      action: 'deployment.create',
      objectKind: 'deployment',
      objectId: id,
      objectName: row.name,
      details: {
        playbook: row.playbook,
        playbookHash,
        serverIds: targets.map((target) => target.id),
        variableNames: Object.keys(variables),
      },
    });
    return { deployment: presentDeployment(row), authorization: signature };
  });
  await startWorkflow(deps, { deploymentId: id, authorization });
  await deps.publish(channels.deployment(id), { deploymentId: id, state: deployment.state, counts: deployment.counts });
  return deployment;
}
