import { isGrpcCancelledError, isGrpcDeadlineError, isGrpcServiceError, ServiceError } from '@temporalio/client';
import { RefusedError } from '../http/refused-error.ts';

/** gRPC status codes that mean "not now". */
const AWAY = new Set([4, 8, 14]);

/** Whether Temporal could not be asked, rather than that it refused. */
export function isTemporalAway(error: unknown): boolean {
  if (isGrpcDeadlineError(error) || isGrpcCancelledError(error)) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(cause)) return AWAY.has(cause.code);
  const text = cause instanceof Error ? cause.message : '';
  return /failed to connect|ECONNREFUSED|UNAVAILABLE|DEADLINE_EXCEEDED|channel has been shut down/i.test(text);
}

export function temporalUnavailable(): RefusedError {
  return new RefusedError(
    'temporal_unavailable',
    'The workflow engine cannot be reached. "admiral status" shows its state; try again in a moment.',
  );
}

/** The result of `work`; an absent Temporal becomes the refusal temporal_unavailable. */
export async function askTemporal<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isTemporalAway(error)) throw temporalUnavailable();
    throw error;
  }
}
