import { hostname } from 'node:os';
import { channels } from '#common/contracts/live.ts';
import type { Server } from '#common/contracts/servers.ts';
import { newId } from '#common/crypto/new-id.ts';
import { deriveAgentToken, hashToken } from '#common/crypto/tokens.ts';
import type { Transaction } from '../http/change.ts';
import type { Context } from '../http/route.ts';
import { nameOf, presentServer, SERVER_PARTS } from '../servers/present.ts';
import { removeAgentFiles, requireAgentRunner, writeAgentFiles } from './agent-files.ts';

/** Key of the advisory lock: there is one machine to watch. */
const LOCK = 7_215_303;

/** Adds the machine of Admiral itself, watched only: no key, never a target. Asked again, it gives the agent its configuration anew. */
export async function watchThisMachine({ deps, change, actor }: Context): Promise<Server> {
  await requireAgentRunner(deps);
  const row = await change(async (tx, audit) => {
    const found = await lockWatched(tx);
    const id = found?.id ?? newId();
    const server =
      found ??
      (await tx.server.create({
        data: {
          id,
          serverId: id,
          hostname: hostname(),
          // Never connected to: `watchOnly` refuses every connection.
          sshHost: 'localhost',
          sshUsername: 'none',
          watchOnly: true,
          createdById: actor.kind === 'user' ? actor.id : null,
          agentTokens: { create: { fingerprint: hashToken(deriveAgentToken(deps.masterKey, id, 1)), generation: 1 } },
        },
        include: SERVER_PARTS,
      }));
    await audit({ action: 'server.watch', objectKind: 'server', objectId: id, objectName: nameOf(server) });
    return server;
  });
  await deps.publish(channels.serversChanged, row.serverId);
  await writeAgentFiles(deps, row);
  return presentServer(row, deps.now());
}

/** Ends the watching of this machine; harmless when it is not watched. */
export async function unwatchThisMachine({ deps, change }: Context): Promise<undefined> {
  await removeAgentFiles(deps);
  if (!(await deps.db.server.findFirst({ where: { watchOnly: true }, select: { id: true } }))) return;
  const gone = await change(async (tx, audit) => {
    const found = await lockWatched(tx);
    await audit({
      action: 'server.delete',
      objectKind: 'server',
      ...(found && { objectId: found.id, objectName: nameOf(found) }),
      details: { watchOnly: true },
    });
    if (found) await tx.server.delete({ where: { id: found.id } });
    return found;
  });
  if (gone) await deps.publish(channels.serversChanged, gone.serverId);
}

async function lockWatched(tx: Transaction) {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${LOCK})::text`;
  return tx.server.findFirst({ where: { watchOnly: true }, include: SERVER_PARTS });
}
