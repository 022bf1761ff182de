import { STATUS_OF, type ProblemCode } from './problem-codes.ts';

export interface FieldError {
  /** Dotted path within body, query or params. */
  path: string;
  message: string;
}

/** The request cannot be done: a stable code, and a sentence that names the way out. Answered as problem+json. */
export class RefusedError extends Error {
  readonly status: number;
  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly errors?: readonly FieldError[],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'RefusedError';
    this.status = STATUS_OF[code];
  }
}

/** The object named in the path does not exist, or not any more. */
export function notFound(what: string): RefusedError {
  return new RefusedError('not_found', `There is no such ${what}. It may have been deleted: reload the list.`);
}
