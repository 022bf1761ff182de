import { channels } from '#common/contracts/live.ts';
import { deriveAgentToken, hashToken } from '#common/crypto/tokens.ts';
import type { ById } from '../http/params.ts';
import type { Context } from '../http/route.ts';
import { writeAgentFiles } from '../watch/agent-files.ts';
import { lockServer } from './lock-server.ts';
import { nameOf } from './present.ts';

/** A new agent token, shown this once; the older ones end at once. */
export async function rotateAgentToken({ deps, params, change }: Context<ById>): Promise<{ token: string }> {
  const {
    token,
    server: before,
    generation: tokenGeneration,
  } = await change(async (tx, audit) => {
    const server = await lockServer(tx, params.id);
    const generation = server.tokenGeneration + 1;
    const fresh = deriveAgentToken(deps.masterKey, params.id, generation);
    await tx.serverAgentToken.updateMany({
      where: { serverId: params.id, revokedAt: null },
      data: { revokedAt: deps.now() },
    });
    await tx.serverAgentToken.create({ data: { serverId: params.id, fingerprint: hashToken(fresh), generation } });
    await tx.server.update({ where: { id: params.id }, data: { tokenGeneration: generation } });
    await audit({
      action: 'server.rotate_agent_token',
      objectKind: 'server',
      objectId: params.id,
      objectName: nameOf(server),
      details: { generation },
    });
    return { token: fresh, server, generation };
  });
  await deps.publish(channels.serversChanged, before.serverId);
  // The agent of this machine reads its token here; nobody deploys it.
  if (before.watchOnly) await writeAgentFiles(deps, { ...before, tokenGeneration });
  return { token };
}
