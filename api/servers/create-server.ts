import { channels } from '#common/contracts/live.ts';
import type { CreateServer, Server } from '#common/contracts/servers.ts';
import { newId } from '#common/crypto/new-id.ts';
import { deriveAgentToken, hashToken } from '#common/crypto/tokens.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { checkFields } from './check-fields.ts';
import { nameOf, presentServer, SERVER_PARTS } from './present.ts';

/** Adds a server; it need not be reachable and need not have a key yet. Its agent token is made with it. */
export async function createServer(context: Context<unknown, unknown, CreateServer>): Promise<Server> {
  const { deps, body, change, actor } = context;
  const id = newId();
  const serverId = body.serverId ?? id;
  const created = await change(async (tx, audit) => {
    await checkFields(tx, deps, body);
    if (await tx.server.findUnique({ where: { serverId }, select: { id: true } })) {
      throw new RefusedError(
        'already_exists',
        `Another server has the id ${serverId} already: choose another serverId.`,
      );
    }
    const row = await tx.server.create({
      data: {
        ...body,
        id,
        serverId,
        displayName: body.displayName ?? null,
        sshKeyId: body.sshKeyId ?? null,
        metadata: body.metadata,
        createdById: actor.kind === 'user' ? actor.id : null,
        agentTokens: { create: { fingerprint: hashToken(deriveAgentToken(deps.masterKey, id, 1)), generation: 1 } },
      },
      include: SERVER_PARTS,
    });
    await audit({
      action: 'server.create',
      objectKind: 'server',
      objectId: id,
      objectName: nameOf(row),
      details: { serverId, sshHost: row.sshHost, sshPort: row.sshPort, environment: row.environment },
    });
    return presentServer(row, deps.now());
  });
  await deps.publish(channels.serversChanged, serverId);
  return created;
}
