import type { Actor } from '../http/actor.ts';
import type { Context } from '../http/route.ts';
import { clearSessionCookie } from './cookies.ts';
import { announceEndedSessions, endSessionsOf } from './end-sessions.ts';

/** Ends this session. Without one there is nothing to do. */
export async function logOut(context: Context<unknown, unknown, unknown, Actor | undefined>): Promise<undefined> {
  const { actor, change, deps, response } = context;
  if (actor?.sessionId) {
    const { sessionId } = actor;
    await change(async (tx, audit) => {
      await tx.session.deleteMany({ where: { id: sessionId } });
      await audit({ action: 'auth.log_out', objectKind: 'user', objectId: actor.id });
    });
    await announceEndedSessions(deps);
  }
  clearSessionCookie(response, deps.publicUrl);
}

/** Ends all sessions of the person. */
export async function logOutEverywhere(context: Context): Promise<undefined> {
  const { actor, change, deps, response } = context;
  if (actor.kind === 'user') {
    await change(async (tx, audit) => {
      await endSessionsOf(tx, actor.id);
      await audit({ action: 'auth.log_out_everywhere', objectKind: 'user', objectId: actor.id });
    });
    await announceEndedSessions(deps);
  }
  clearSessionCookie(response, deps.publicUrl);
}
