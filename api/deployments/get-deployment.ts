import type { Deployment } from '#common/contracts/deployments.ts';
import type { ApiDeps } from '../deps.ts';
import type { ById } from '../http/params.ts';
import { notFound } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { DEPLOYMENT_PARTS, presentDeployment, type DeploymentRow } from './present.ts';

export async function getDeployment({ deps, params }: Context<ById>): Promise<Deployment> {
  return presentDeployment(await requireDeployment(deps, params.id));
}

/** Throws not_found. */
export async function requireDeployment({ db }: Pick<ApiDeps, 'db'>, id: string): Promise<DeploymentRow> {
  const row = await db.deployment.findUnique({ where: { id }, include: DEPLOYMENT_PARTS });
  if (!row) throw notFound('deployment');
  return row;
}
