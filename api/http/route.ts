import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import type { Access } from './authorize.ts';
import type { Actor, Origin } from './actor.ts';
import type { Change } from './change.ts';

export type Method = 'get' | 'post' | 'patch' | 'delete';

/** What a handler is given: everything checked. */
export interface Context<P = unknown, Q = unknown, B = unknown, A = Actor> {
  deps: ApiDeps;
  actor: A;
  origin: Origin;
  params: P;
  query: Q;
  body: B;
  /** One transaction that changes something and writes its audit entry; knows the request's Idempotency-Key. */
  change: Change;
  request: Request;
  response: Response;
}

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;
type Answer<S> = S extends z.ZodType ? z.input<S> : undefined;
type ActorOf<A extends Access> = A extends 'public' ? Actor | undefined : Actor;

/** One row of the table of routes: it says who may call, what is taken and what leaves. */
export interface RouteSpec<
  A extends Access,
  P extends z.ZodObject | undefined,
  Q extends z.ZodObject | undefined,
  B extends z.ZodType | undefined,
  R extends z.ZodType | undefined,
> {
  method: Method;
  /** Express form: `/api/servers/:id`. */
  path: string;
  access: A;
  summary: string;
  params?: P;
  query?: Q;
  body?: B;
  /** Without one the answer is 204. */
  response?: R;
  /** Status of success; default 200, or 204 without a response. */
  status?: number;
  /**
   * For creating routes. `replay`: the same Idempotency-Key gives the stored answer; `once`: the answer holds a secret, is not stored,
   * and a replay is refused with already_created.
   */
  idempotency?: 'replay' | 'once';
  handle: (context: Context<Output<P>, Output<Q>, Output<B>, ActorOf<A>>) => Promise<Answer<R>>;
}

/** A route with its types put aside, as the table holds it. */
export interface Route {
  method: Method;
  path: string;
  access: Access;
  summary: string;
  params?: z.ZodObject | undefined;
  query?: z.ZodObject | undefined;
  body?: z.ZodType | undefined;
  response?: z.ZodType | undefined;
  status: number;
  idempotency?: 'replay' | 'once' | undefined;
  handle: (context: Context<never, never, never, never>) => Promise<unknown>;
}

export function route<
  A extends Access,
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  R extends z.ZodType | undefined = undefined,
>(spec: RouteSpec<A, P, Q, B, R>): Route {
  return { ...spec, status: spec.status ?? (spec.response ? 200 : 204) };
}
