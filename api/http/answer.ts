import type { Request, Response } from 'express';
import { authenticate } from '../auth/authenticate.ts';
import type { ApiDeps } from '../deps.ts';
import type { Actor, Origin } from './actor.ts';
import { authorize } from './authorize.ts';
import { createChange } from './change.ts';
import { clientAddress } from './client-address.ts';
import { isUniqueViolation } from './database-errors.ts';
import { findAnswer, hashRequest, readKey, type IdempotentRequest } from './idempotency.ts';
import { requireOwnOrigin } from './origin-check.ts';
import { parseInput } from './parse-input.ts';
import { readBody } from './read-body.ts';
import type { Context, Route } from './route.ts';

/** One request to one route: who, may they, from where, what; then the handler; then what its contract lets out. */
export async function answer(route: Route, deps: ApiDeps, request: Request, response: Response): Promise<void> {
  const { actor, way } = await authenticate(deps, request);
  response.locals.actor = actor;
  authorize(actor, route.access);
  if (route.method !== 'get' && way !== 'bearer') requireOwnOrigin(request, deps.publicUrl, way === 'cookie');
  const body = route.method === 'get' ? undefined : await readBody(request, response);
  const input = {
    params: parseInput(route.params, request.params, 'params'),
    query: parseInput(route.query, request.query, 'query'),
    body: parseInput(route.body, body, 'body'),
  };
  const idempotent = idempotentRequest(route, deps, request, actor, input.body);
  const origin: Origin = {
    ip: clientAddress(request, deps.proxySecret),
    userAgent: request.get('user-agent')?.slice(0, 300) ?? null,
  };
  const change = createChange(deps.db, actor, origin, idempotent);
  const context = { deps, actor, origin, ...input, change, request, response } as Context<never, never, never, never>;
  if (!idempotent) {
    send(route, response, route.status, await route.handle(context));
    return;
  }
  const earlier = await findAnswer(deps.db, idempotent);
  if (earlier) {
    send(route, response, earlier.status, earlier.body);
    return;
  }
  try {
    send(route, response, route.status, await route.handle(context));
  } catch (error) {
    // Another request with the same key may have been quicker: then its answer stands.
    const other = isUniqueViolation(error) ? await findAnswer(deps.db, idempotent) : undefined;
    if (!other) throw error;
    send(route, response, other.status, other.body);
  }
}

/** Only what the contract names leaves the api. A handler may have set another status than the route's. */
function send(route: Route, response: Response, routeStatus: number, value: unknown): void {
  const status = response.statusCode === 200 ? routeStatus : response.statusCode;
  if (!route.response) {
    response.status(status).end();
    return;
  }
  response.status(status).json(route.response.parse(value));
}

function idempotentRequest(
  route: Route,
  deps: ApiDeps,
  request: Request,
  actor: Actor | undefined,
  body: unknown,
): IdempotentRequest | undefined {
  const key = readKey(request.get('idempotency-key'));
  if (key === undefined || !route.idempotency || !actor) return undefined;
  const path = `POST ${request.path}`;
  return {
    actorId: `${actor.kind}:${actor.id}`,
    key,
    route: path,
    requestHash: hashRequest(deps.masterKey, path, body),
    status: route.status,
    once: route.idempotency === 'once',
  };
}
