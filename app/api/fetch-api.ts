import { problemFrom, unreachable, type ApiResult } from './problem.ts';

/** Reads from the api in the browser, with the session's cookie. Undefined when `signal` ended it. */
export async function fetchApi<T>(path: string, signal?: AbortSignal): Promise<ApiResult<T> | undefined> {
  try {
    const response = await fetch(path, {
      headers: { accept: 'application/json' },
      credentials: 'same-origin',
      signal: signal ?? null,
    });
    const body: unknown = await response.json().catch(() => undefined);
    return response.ok ? { ok: true, data: body as T } : { ok: false, problem: problemFrom(response.status, body) };
  } catch {
    return signal?.aborted ? undefined : { ok: false, problem: unreachable };
  }
}
