import { hashToken, newToken, TOKEN_PREFIX } from '#common/crypto/tokens.ts';
import type { Database } from '#common/db/prisma.ts';
import { permissionsOf, type Role } from '#common/domain/permissions.ts';
import type { Actor, Origin } from '../http/actor.ts';
import type { Transaction } from '../http/change.ts';

/** A session ends at the latest after 30 days, */
export const SESSION_MAX_MS = 30 * 24 * 3600 * 1000;
/** and when it was not used for 7 days. */
export const SESSION_IDLE_MS = 7 * 24 * 3600 * 1000;
/** `last_seen_at` is written at most this often. */
const TOUCH_EVERY_MS = 60_000;

export interface NewSession {
  /** Goes into the cookie; the database holds its hash. */
  token: string;
  expiresAt: Date;
}

export async function createSession(tx: Transaction, userId: string, origin: Origin, now: Date): Promise<NewSession> {
  const token = newToken('session');
  const expiresAt = new Date(now.getTime() + SESSION_MAX_MS);
  await tx.session.create({
    data: { tokenHash: hashToken(token), userId, ...origin, createdAt: now, lastSeenAt: now, expiresAt },
  });
  return { token, expiresAt };
}

/** Prisma condition: sessions that still count. */
export const liveSession = (now: Date) => ({
  expiresAt: { gt: now },
  lastSeenAt: { gt: new Date(now.getTime() - SESSION_IDLE_MS) },
  user: { disabledAt: null },
});

/** The person of a session token; undefined when it is unknown, over, unused for too long, or the person is disabled. */
export async function findSessionActor(db: Database, token: string, now: Date): Promise<Actor | undefined> {
  if (!token.startsWith(TOKEN_PREFIX.session)) return undefined;
  const session = await db.session.findFirst({
    where: { tokenHash: hashToken(token), ...liveSession(now) },
    include: { user: true },
  });
  if (!session) return undefined;
  if (now.getTime() - session.lastSeenAt.getTime() > TOUCH_EVERY_MS) {
    await db.session.updateMany({ where: { id: session.id }, data: { lastSeenAt: now } });
  }
  return userActor(session.user, session.id);
}

export function userActor(
  user: { id: string; name: string; email: string; role: string },
  sessionId: string | null,
): Actor {
  const role = user.role as Role;
  const permissions = new Set(permissionsOf(role));
  return { kind: 'user', id: user.id, name: user.name, email: user.email, role, permissions, sessionId };
}
