import type { LogIn, Me } from '#common/contracts/access.ts';
import type { z } from 'zod';
import { verifyPassword } from '#common/crypto/password.ts';
import type { Actor } from '../http/actor.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { setSessionCookie } from './cookies.ts';
import { presentMe } from './present.ts';
import { createSession, userActor } from './sessions.ts';

const WINDOW_MS = 15 * 60_000;
/** Attempts in a window for one account from one address, and from one address for all accounts. */
const LIMITS = { account: 10, address: 100 };

type Credentials = z.output<typeof LogIn>;

/** E-mail and password to a session cookie. The answer to a wrong one does not tell whether the person exists. */
export async function logIn(context: Context<unknown, unknown, Credentials, Actor | undefined>): Promise<Me> {
  const { deps, body, change, origin, response } = context;
  const email = body.email.trim().toLowerCase();
  const accountKey = `log-in:${email}:${origin.ip ?? ''}`;
  await requireFewAttempts(context, accountKey);
  const user = await deps.db.user.findUnique({ where: { email } });
  const fits = await verifyPassword(user?.passwordHash, body.password);
  if (!user || !fits || user.disabledAt) {
    // The e-mail is not written down: people type passwords into that field.
    await change(async (_tx, audit) => {
      await audit({
        action: 'auth.log_in_failed',
        ...(user && { objectKind: 'user', objectId: user.id, objectName: user.name }),
      });
    });
    throw new RefusedError('wrong_credentials', 'E-mail and password do not fit, or the account is disabled.');
  }
  const session = await change(async (tx, audit) => {
    await audit({ action: 'auth.log_in', objectKind: 'user', objectId: user.id, actor: userActor(user, null) });
    return createSession(tx, user.id, origin, deps.now());
  });
  await deps.throttle.clear(accountKey);
  setSessionCookie(response, deps.publicUrl, session.token, session.expiresAt);
  return presentMe(userActor(user, null));
}

async function requireFewAttempts(
  { deps, origin }: Context<unknown, unknown, Credentials, Actor | undefined>,
  accountKey: string,
) {
  const verdicts = await Promise.all([
    deps.throttle.take(accountKey, LIMITS.account, WINDOW_MS),
    deps.throttle.take(`log-in-from:${origin.ip ?? ''}`, LIMITS.address, WINDOW_MS),
  ]);
  const refused = verdicts.find((verdict) => !verdict.isAllowed);
  if (!refused) return;
  const minutes = Math.ceil(refused.retryAfterSeconds / 60);
  throw new RefusedError('too_many_attempts', `Too many attempts. Try again in ${String(minutes)} min.`, undefined, {
    'Retry-After': String(refused.retryAfterSeconds),
  });
}
