import type { z } from 'zod';
import type { AcceptHostKey, Server } from '#common/contracts/servers.ts';
import type { ById } from '../http/params.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { lockServer } from './lock-server.ts';
import { nameOf, presentServer, SERVER_PARTS } from './present.ts';

/** Pins the host key that the last connection saw. Throws host_key_mismatch when `fingerprint` is another one. */
export async function acceptHostKey(context: Context<ById, unknown, z.output<typeof AcceptHostKey>>): Promise<Server> {
  const { deps, params, body, change } = context;
  return change(async (tx, audit) => {
    const server = await lockServer(tx, params.id);
    if (server.seenHostKey === null || server.seenHostKeyFingerprint !== body.fingerprint) {
      throw new RefusedError(
        'host_key_mismatch',
        'This is not the host key that the last connection saw. Test the connection again and compare the fingerprint.',
      );
    }
    const row = await tx.server.update({
      where: { id: params.id },
      data: {
        hostKey: server.seenHostKey,
        hostKeyFingerprint: server.seenHostKeyFingerprint,
        hostKeyAcceptedAt: deps.now(),
        seenHostKey: null,
        seenHostKeyFingerprint: null,
        seenHostKeyAt: null,
        connectionState: 'untested',
      },
      include: SERVER_PARTS,
    });
    await audit({
      action: 'server.accept_host_key',
      objectKind: 'server',
      objectId: params.id,
      objectName: nameOf(row),
      details: { before: server.hostKeyFingerprint, after: row.hostKeyFingerprint },
    });
    return presentServer(row, deps.now());
  });
}
