import type { z } from 'zod';
import type { Me, SetUp } from '#common/contracts/access.ts';
import { hashPassword } from '#common/crypto/password.ts';
import type { Actor } from '../http/actor.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { setSessionCookie } from './cookies.ts';
import { useLink } from './links.ts';
import { presentMe } from './present.ts';
import { requireFewLinkAttempts } from './link-attempts.ts';
import { createSession, userActor } from './sessions.ts';

/** Key of the advisory lock that lets one set-up through at a time. */
const SET_UP_LOCK = 7_215_310;

/** The first administrator, with the token of the set-up link, while there is no user at all. Signs in. */
export async function setUp(
  context: Context<unknown, unknown, z.output<typeof SetUp>, Actor | undefined>,
): Promise<Me> {
  const { deps, body, change, origin, response } = context;
  await requireFewLinkAttempts(context);
  const passwordHash = await hashPassword(body.password);
  const { user, session } = await change(async (tx, audit) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${SET_UP_LOCK})`;
    if ((await tx.user.count()) > 0) {
      throw new RefusedError('already_set_up', 'There is an administrator already: sign in instead.');
    }
    await useLink(tx, 'setup', body.token, deps.now());
    const created = await tx.user.create({
      data: { email: body.email, name: body.name, role: 'admin', passwordHash },
    });
    const { id, name } = created;
    await audit({
      action: 'auth.set_up',
      objectKind: 'user',
      objectId: id,
      objectName: name,
      actor: userActor(created, null),
    });
    return { user: created, session: await createSession(tx, id, origin, deps.now()) };
  });
  setSessionCookie(response, deps.publicUrl, session.token, session.expiresAt);
  return presentMe(userActor(user, null));
}
