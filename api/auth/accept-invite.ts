import type { z } from 'zod';
import type { AcceptInvite, Me } from '#common/contracts/access.ts';
import { hashPassword } from '#common/crypto/password.ts';
import type { Actor } from '../http/actor.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { setSessionCookie } from './cookies.ts';
import { announceEndedSessions, endSessionsOf } from './end-sessions.ts';
import { requireFewLinkAttempts } from './link-attempts.ts';
import { useLink } from './links.ts';
import { presentMe } from './present.ts';
import { createSession, userActor } from './sessions.ts';

/** A person sets a password with the token of an invitation, and is signed in. Sessions from before end. */
export async function acceptInvite(
  context: Context<unknown, unknown, z.output<typeof AcceptInvite>, Actor | undefined>,
): Promise<Me> {
  const { deps, body, change, origin, response } = context;
  await requireFewLinkAttempts(context);
  const passwordHash = await hashPassword(body.password);
  const { user, session } = await change(async (tx, audit) => {
    const link = await useLink(tx, 'invite', body.token, deps.now());
    const found = link.userId === null ? null : await tx.user.findUnique({ where: { id: link.userId } });
    if (!found || found.disabledAt) {
      throw new RefusedError('link_invalid', 'This account is disabled. Ask an administrator.');
    }
    await endSessionsOf(tx, found.id);
    const changed = await tx.user.update({ where: { id: found.id }, data: { passwordHash } });
    await audit({
      action: 'auth.accept_invite',
      objectKind: 'user',
      objectId: found.id,
      objectName: found.name,
      actor: userActor(found, null),
    });
    return { user: changed, session: await createSession(tx, found.id, origin, deps.now()) };
  });
  await announceEndedSessions(deps);
  setSessionCookie(response, deps.publicUrl, session.token, session.expiresAt);
  return presentMe(userActor(user, null));
}
