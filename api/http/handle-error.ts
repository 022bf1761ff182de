import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from '#common/logging/logger.ts';
import { isDatabaseUnavailable, isUniqueViolation } from './database-errors.ts';
import { RefusedError } from './refused-error.ts';
import { sendProblem } from './send-problem.ts';

/** Last in the chain: turns everything thrown into problem+json. What is not known is logged under a reference, never shown. */
export function handleError(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    sendProblem(response, refusalOf(error, logger, request.method));
  };
}

/** The refusal that an error means. */
export function refusalOf(error: unknown, logger: Logger, where: string): RefusedError {
  if (error instanceof RefusedError) return error;
  const parsing = bodyRefusal(error);
  if (parsing) return parsing;
  if (isUniqueViolation(error)) {
    return new RefusedError('already_exists', 'Something with this name or id exists already: choose another one.');
  }
  if (isDatabaseUnavailable(error)) {
    logger.error({ err: error }, 'the database is not available');
    return new RefusedError('database_unavailable', 'The database cannot be reached. Try again in a moment.');
  }
  const reference = randomUUID();
  logger.error({ err: error, reference, where }, 'unexpected error');
  return new RefusedError('internal', `Something unexpected went wrong. The log of the api has it as ${reference}.`);
}

/** Errors of the body parser carry a `type`. */
function bodyRefusal(error: unknown): RefusedError | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { type, status } = error as { type?: unknown; status?: unknown };
  if (type === 'entity.too.large') {
    return new RefusedError('too_large', 'The body is larger than 1 MiB.', undefined, { Connection: 'close' });
  }
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
    return new RefusedError('unsupported_media_type', 'Send UTF-8, plain or compressed with gzip.');
  }
  if (type === 'entity.parse.failed') return new RefusedError('invalid_json', 'The body is not valid JSON.');
  if (error instanceof URIError) return new RefusedError('invalid_request', 'The path is not a valid address.');
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new RefusedError('invalid_request', 'The body cannot be read: it is cut short or its encoding is broken.');
  }
  return undefined;
}
