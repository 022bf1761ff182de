import { ApplicationFailure } from '@temporalio/activity';

/**
 * The failure that Temporal sees for one of our errors: its type is the error's stable code, which decides whether it is retried
 * (nonRetryableErrorTypes of the workflows). Messages of foreign errors stay here, since they may hold anything.
 */
export function toFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof Error && error.name === 'CancelledFailure') return error;
  const code = codeOf(error);
  if (code !== undefined && error instanceof Error)
    return ApplicationFailure.create({ type: code, message: error.message });
  return ApplicationFailure.create({
    type: 'infrastructure',
    message: 'The database or another part is away; tried again.',
  });
}

/** Codes of our own errors are lower case words; those of Node and Postgres are not. */
function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[a-z]+(_[a-z]+)+$/.test(code) ? code : undefined;
}

/** Wraps every activity of a set, so that what they throw passes `toFailure`, and is logged. */
export function withFailures<T extends object>(activities: T, onError: (activity: string, error: unknown) => void): T {
  const wrapped = Object.entries(activities).map(([name, run]: [string, (...args: unknown[]) => Promise<unknown>]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await run(...args);
      } catch (error) {
        onError(name, error);
        throw toFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}
