import type { Actor } from '../http/actor.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';

/** Routes that hash a password for whoever calls: 20 calls in 15 minutes from one address. Throws too_many_attempts. */
export async function requireFewLinkAttempts<B>(
  context: Context<unknown, unknown, B, Actor | undefined>,
): Promise<void> {
  const { deps, origin } = context;
  const verdict = await deps.throttle.take(`link-from:${origin.ip ?? ''}`, 20, 15 * 60_000);
  if (verdict.isAllowed) return;
  throw new RefusedError('too_many_attempts', 'Too many attempts. Try again in a quarter of an hour.', undefined, {
    'Retry-After': String(verdict.retryAfterSeconds),
  });
}
