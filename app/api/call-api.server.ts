import { redirect, data as respond, type AppLoadContext } from '@remix-run/node';
import { problemFrom, unreachable, type ApiProblem, type ApiResult } from './problem.ts';

/** The request a loader or action serves, and its context: who asks, and where the api is. */
export interface Door {
  request: Request;
  context: AppLoadContext;
}

/** A zod contract, by the one method needed here. */
interface Contract<T> {
  safeParse: (value: unknown) => { success: true; data: T } | { success: false; error: unknown };
}

/** Headers that tell the api who asks: the session, and the front door's word on the address. */
const FORWARDED = ['cookie', 'x-forwarded-for', 'x-forwarded-proto', 'x-admiral-proxy', 'user-agent'];

export interface ApiAnswer<T> {
  result: ApiResult<T>;
  /** Cookies that the api sets, to be handed to the browser. */
  cookies: string[];
}

/** One call of the api in the name of the person who sent `door.request`. Never throws: faults are problems. */
export async function callApi<T>(
  { request, context }: Door,
  method: string,
  path: string,
  options: { body?: unknown; contract?: Contract<T> } = {},
): Promise<ApiAnswer<T>> {
  const headers = new Headers({ accept: 'application/json' });
  for (const name of FORWARDED) {
    const value = request.headers.get(name);
    if (value) headers.set(name, value);
  }
  if (method !== 'GET') headers.set('origin', context.publicOrigin);
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`${context.apiUrl}${path}`, {
      method,
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      redirect: 'manual',
      signal: request.signal,
    });
    const text = await response.text();
    body = text === '' ? undefined : parseJson(text);
  } catch (error) {
    if (request.signal.aborted) throw error;
    return { result: { ok: false, problem: unreachable }, cookies: [] };
  }
  const cookies = response.headers.getSetCookie();
  if (!response.ok) return { result: { ok: false, problem: problemFrom(response.status, body) }, cookies };
  if (!options.contract) return { result: { ok: true, data: body as T }, cookies };
  const parsed = options.contract.safeParse(body);
  if (parsed.success) return { result: { ok: true, data: parsed.data }, cookies };
  console.error(
    `the api's answer to ${method} ${path.split('?')[0] ?? path} is not what its contract says`,
    parsed.error,
  );
  return { result: { ok: false, problem: problemFrom(502, undefined) }, cookies };
}

/** Reads from the api. No session: to the sign-in page and back. Any other fault reaches the page's error boundary. */
export async function readApi<T>(door: Door, path: string, contract: Contract<T>): Promise<T> {
  const result = await tryReadApi(door, path, contract);
  if (result.ok) return result.data;
  throwProblem(result.problem);
}

/** Like readApi, for a card of a page that may fail alone. */
export async function tryReadApi<T>(door: Door, path: string, contract: Contract<T>): Promise<ApiResult<T>> {
  const { result } = await callApi(door, 'GET', path, { contract });
  if (!result.ok && result.problem.status === 401) throw redirect(signInPath(door.request));
  return result;
}

export function throwProblem(problem: ApiProblem): never {
  throw respond(problem, { status: problem.status });
}

/** Sign-in page that leads back to where the person was. */
export function signInPath(request: Request): string {
  const { pathname, search } = new URL(request.url);
  const here = pathname.replace(/\.data$/, '').replace(/^\/_root$/, '/') + search;
  return here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
