import type { Transaction } from '../http/change.ts';
import { notFound } from '../http/refused-error.ts';
import { SERVER_PARTS, type ServerRow } from './present.ts';

/** The server's row, locked until the transaction ends. Throws not_found. */
export async function lockServer(tx: Transaction, id: string): Promise<ServerRow> {
  await tx.$queryRaw`SELECT id FROM admiral.servers WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.server.findUnique({ where: { id }, include: SERVER_PARTS });
  if (!row) throw notFound('server');
  return row;
}
