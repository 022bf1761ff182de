import type { Server } from '#common/contracts/servers.ts';
import type { ApiDeps } from '../deps.ts';
import type { ById } from '../http/params.ts';
import { notFound } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { presentServer, SERVER_PARTS } from './present.ts';

export async function getServer({ deps, params }: Context<ById>): Promise<Server> {
  const row = await deps.db.server.findUnique({ where: { id: params.id }, include: SERVER_PARTS });
  if (!row) throw notFound('server');
  return presentServer(row, deps.now());
}

/** Throws not_found unless the server exists. */
export async function requireServer(deps: Pick<ApiDeps, 'db'>, id: string): Promise<void> {
  if (!(await deps.db.server.findUnique({ where: { id }, select: { id: true } }))) throw notFound('server');
}
