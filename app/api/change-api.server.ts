import { redirect } from '@remix-run/node';
import { callApi, signInPath, throwProblem, type Door } from './call-api.server.ts';
import type { ApiResult } from './problem.ts';

/** Refuses a form that another site sent: its `Origin` must be the public one. */
export function requireSameOrigin({ request, context }: Door): void {
  const origin = request.headers.get('origin');
  if (origin === context.publicOrigin) return;
  throwProblem({
    status: 403,
    code: 'wrong_origin',
    detail: `This form came from ${origin ?? 'an unknown address'}. Open Admiral at ${context.publicOrigin} and try again.`,
  });
}

/** One change through the api, after the origin check. No session: to the sign-in page. */
export async function changeApi<T = unknown>(
  door: Door,
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<ApiResult<T>> {
  requireSameOrigin(door);
  const { result } = await callApi<T>(door, method, path, body === undefined ? {} : { body });
  if (!result.ok && result.problem.status === 401) throw redirect(signInPath(door.request));
  return result;
}
