import { canonicalJson, verifyRun } from '#common/crypto/run-authorization.ts';
import type { Database } from '#common/db/prisma.ts';

export class DeploymentMissingError extends Error {
  readonly code = 'deployment_missing';
  constructor(id: string) {
    super(`There is no deployment ${id}.`);
    this.name = 'DeploymentMissingError';
  }
}

export interface AuthorizedInput {
  deploymentId: string;
  authorization: string;
}

/**
 * The deployment's row and hosts, when the given signature is the api's over what they say now. Every activity that touches hosts calls
 * this first: whoever reaches Temporal's port can start a workflow, but holds no key. Throws DeploymentMissingError,
 * RunNotAuthorizedError.
 */
export async function requireAuthorizedDeployment(database: Database, masterKey: Buffer, input: AuthorizedInput) {
  const deployment = await database.deployment.findUnique({
    where: { id: input.deploymentId },
    include: { servers: { orderBy: { position: 'asc' } } },
  });
  if (!deployment) throw new DeploymentMissingError(input.deploymentId);
  verifyRun(
    masterKey,
    {
      kind: 'deployment',
      deploymentId: deployment.id,
      actorKind: deployment.actorKind,
      actorId: deployment.actorId,
      playbook: deployment.playbook,
      playbookHash: deployment.playbookHash,
      serverIds: deployment.servers.map((host) => host.serverId),
      variables: canonicalJson(deployment.variables),
    },
    input.authorization,
    Date.now(),
  );
  return deployment;
}
