import { announceEndedSessions } from '../auth/end-sessions.ts';
import type { ById } from '../http/params.ts';
import { notFound } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';

/** The token ends at once; its row stays, for the audit. */
export async function revokeToken({ deps, params, change }: Context<ById>): Promise<undefined> {
  await change(async (tx, audit) => {
    const revoked = await tx.apiToken.updateMany({
      where: { id: params.id, revokedAt: null },
      data: { revokedAt: deps.now() },
    });
    if (revoked.count === 0) throw notFound('token');
    const row = await tx.apiToken.findUniqueOrThrow({ where: { id: params.id } });
    await audit({ action: 'token.revoke', objectKind: 'token', objectId: row.id, objectName: row.name });
  });
  await announceEndedSessions(deps);
}
