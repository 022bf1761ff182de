import { isDeepStrictEqual } from 'node:util';
import { channels } from '#common/contracts/live.ts';
import type { Server, UpdateServer } from '#common/contracts/servers.ts';
import { Prisma } from '#common/db/prisma.ts';
import type { ById } from '../http/params.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { checkFields } from './check-fields.ts';
import { lockServer } from './lock-server.ts';
import { nameOf, presentServer, SERVER_PARTS } from './present.ts';

/** What is forgotten when the server's address changes: another machine may answer there. */
const FORGET_CONNECTION = {
  hostKey: null,
  hostKeyFingerprint: null,
  hostKeyAcceptedAt: null,
  seenHostKey: null,
  seenHostKeyFingerprint: null,
  seenHostKeyAt: null,
  connectionState: 'untested',
  connectionCheckedAt: null,
  connectionReport: Prisma.DbNull,
};

export async function updateServer({
  deps,
  params,
  body,
  change,
}: Context<ById, unknown, UpdateServer>): Promise<Server> {
  const { updated, serverId } = await change(async (tx, audit) => {
    const before = await lockServer(tx, params.id);
    await checkFields(tx, deps, body);
    if (before.watchOnly && typeof body.sshKeyId === 'string') {
      throw new RefusedError(
        'servers_not_ready',
        'This server is watched only: it takes no key and is never a target.',
      );
    }
    const given = Object.entries(body) as [keyof UpdateServer, unknown][];
    const changed = given.filter(([field, value]) => !isDeepStrictEqual(before[field], value)).map(([field]) => field);
    const moved = changed.includes('sshHost') || changed.includes('sshPort');
    const { metadata, ...fields } = body;
    const row = await tx.server.update({
      where: { id: params.id },
      data: {
        ...fields,
        ...(metadata !== undefined && { metadata: metadata }),
        ...(moved && FORGET_CONNECTION),
      },
      include: SERVER_PARTS,
    });
    await audit({
      action: 'server.update',
      objectKind: 'server',
      objectId: params.id,
      objectName: nameOf(row),
      details: { changed, ...(moved && { hostKeyForgotten: before.hostKeyFingerprint }) },
    });
    return { updated: presentServer(row, deps.now()), serverId: row.serverId };
  });
  await deps.publish(channels.serversChanged, serverId);
  return updated;
}
