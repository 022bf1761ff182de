import type { IncomingMessage } from 'node:http';
import type { ApiDeps } from '../deps.ts';
import type { Actor } from '../http/actor.ts';
import { RefusedError } from '../http/refused-error.ts';
import { findTokenActor } from './api-tokens.ts';
import { readSessionCookie } from './cookies.ts';
import { findSessionActor } from './sessions.ts';

export interface Authenticated {
  actor: Actor | undefined;
  /** How the caller said who they are. `cookie` also when the cookie is not good any more. */
  way: 'bearer' | 'cookie' | 'none';
}

type Needs = Pick<ApiDeps, 'db' | 'now'>;

/** Who makes this request. An Authorization header is decisive: a wrong one is refused even beside a good cookie. */
export async function authenticate(deps: Needs, request: IncomingMessage): Promise<Authenticated> {
  const { authorization } = request.headers;
  if (authorization !== undefined) return { actor: await requireBearer(deps, authorization), way: 'bearer' };
  const cookie = readSessionCookie(request);
  if (cookie === undefined) return { actor: undefined, way: 'none' };
  return { actor: await findSessionActor(deps.db, cookie, deps.now()), way: 'cookie' };
}

/** The actor of `Bearer TOKEN`. Throws not_signed_in. */
export async function requireBearer({ db, now }: Needs, authorization: string): Promise<Actor> {
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  const actor = token === undefined ? undefined : await findTokenActor(db, token, now());
  if (actor) return actor;
  throw new RefusedError(
    'not_signed_in',
    'This API token is not valid: it is unknown, expired or revoked. Create a new one under Settings.',
    undefined,
    { 'WWW-Authenticate': 'Bearer realm="admiral", error="invalid_token"' },
  );
}
