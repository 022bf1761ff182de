import type { Problem } from '#common/contracts/basics.ts';

export type ApiProblem = Pick<Problem, 'status' | 'code' | 'detail'> & {
  errors?: { path: string; message: string }[] | undefined;
};

/** The answer of one call: what was asked for, or why not. */
export type ApiResult<T> = { ok: true; data: T } | { ok: false; problem: ApiProblem };

/** The problem in an answer's body, or one that says what is known from the status alone. */
export function problemFrom(status: number, body: unknown): ApiProblem {
  const given = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {};
  return {
    status,
    code: typeof given.code === 'string' ? given.code : 'unexpected_answer',
    detail:
      typeof given.detail === 'string'
        ? given.detail
        : `The server answered with status ${String(status)}. Try again; if it stays so, look into the api's log.`,
    errors: Array.isArray(given.errors) ? given.errors : undefined,
  };
}

export const unreachable: ApiProblem = {
  status: 503,
  code: 'api_unreachable',
  detail: 'Admiral’s api does not answer. It is probably restarting: try again in a few seconds.',
};

/** Message for one field of a form, from the problem's list. */
export function fieldError(problem: ApiProblem | undefined, path: string): string | undefined {
  return problem?.errors?.find((error) => error.path === path || error.path.startsWith(`${path}.`))?.message;
}
