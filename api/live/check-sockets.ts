import { liveToken } from '../auth/api-tokens.ts';
import { liveSession } from '../auth/sessions.ts';
import type { ApiDeps } from '../deps.ts';
import type { Actor } from '../http/actor.ts';

/**
 * Which of the given actors may still be connected: sessions that live, tokens that are not revoked, of people who are not disabled and
 * have the same role as when they connected. One query for each kind, however many sockets there are. Gives keys of actors (`keyOf`).
 */
export async function findLiveActors(
  deps: Pick<ApiDeps, 'db' | 'now'>,
  actors: readonly Actor[],
): Promise<Set<string>> {
  const now = deps.now();
  const sessionIds = actors.flatMap((actor) => actor.sessionId ?? []);
  const tokenIds = actors.filter((actor) => actor.kind === 'token').map((actor) => actor.id);
  const [sessions, tokens] = await Promise.all([
    sessionIds.length === 0
      ? []
      : deps.db.session.findMany({
          where: { id: { in: sessionIds }, ...liveSession(now) },
          select: { id: true, user: { select: { role: true } } },
        }),
    tokenIds.length === 0
      ? []
      : deps.db.apiToken.findMany({
          where: { id: { in: tokenIds }, ...liveToken(now) },
          select: { id: true, createdById: true },
        }),
  ]);
  const makerIds = tokens.flatMap((token) => token.createdById ?? []);
  const makers =
    makerIds.length === 0
      ? []
      : await deps.db.user.findMany({ where: { id: { in: makerIds }, disabledAt: null }, select: { id: true } });
  const enabled = new Set(makers.map((maker) => maker.id));
  const liveTokens = tokens.filter((token) => token.createdById === null || enabled.has(token.createdById));
  return new Set([
    ...sessions.map((session) => `session:${session.id}:${session.user.role}`),
    ...liveTokens.map((token) => `token:${token.id}`),
  ]);
}

export function keyOf(actor: Actor): string {
  return actor.kind === 'token' ? `token:${actor.id}` : `session:${actor.sessionId ?? ''}:${actor.role}`;
}
