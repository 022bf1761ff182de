import { hashToken, TOKEN_PREFIX } from '#common/crypto/tokens.ts';
import type { Database } from '#common/db/prisma.ts';
import { permissionsOf, type Role } from '#common/domain/permissions.ts';
import type { Actor } from '../http/actor.ts';

const TOUCH_EVERY_MS = 60_000;

/** Prisma condition: tokens that still count. */
export const liveToken = (now: Date) => ({ revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] });

/**
 * The actor of an API token; undefined when it is unknown, revoked or over, or when the person who made it is disabled. It may do
 * what its role and that person's role both may; a token made on the command line has no such person.
 */
export async function findTokenActor(db: Database, token: string, now: Date): Promise<Actor | undefined> {
  if (!token.startsWith(TOKEN_PREFIX.api)) return undefined;
  const row = await db.apiToken.findFirst({ where: { tokenHash: hashToken(token), ...liveToken(now) } });
  if (!row) return undefined;
  const role = row.role as Role;
  let permissions = permissionsOf(role);
  if (row.createdById !== null) {
    const maker = await db.user.findUnique({ where: { id: row.createdById } });
    if (!maker || maker.disabledAt !== null) return undefined;
    const makers = permissionsOf(maker.role as Role);
    permissions = permissions.filter((permission) => makers.includes(permission));
  }
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() > TOUCH_EVERY_MS) {
    await db.apiToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: now } });
  }
  return {
    kind: 'token',
    id: row.id,
    name: row.name,
    email: null,
    role,
    permissions: new Set(permissions),
    sessionId: null,
  };
}
