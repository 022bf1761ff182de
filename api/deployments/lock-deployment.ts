import type { Transaction } from '../http/change.ts';
import { notFound } from '../http/refused-error.ts';

/** The deployment's row, locked until the transaction ends. Throws not_found. */
export async function lockDeployment(tx: Transaction, id: string) {
  await tx.$queryRaw`SELECT id FROM admiral.deployments WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.deployment.findUnique({ where: { id } });
  if (!row) throw notFound('deployment');
  return row;
}
