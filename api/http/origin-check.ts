import type { IncomingMessage } from 'node:http';
import { RefusedError } from './refused-error.ts';

/** Whether the browser says that the request was made by a page of this installation. */
export function hasOwnOrigin(request: IncomingMessage, publicUrl: URL): boolean {
  return request.headers.origin === publicUrl.origin;
}

/**
 * Refuses a changing request that another site's page may have made: one with the session cookie must carry our Origin; one without
 * it may have none (scripts), but no foreign one. Not for requests with an API token.
 */
export function requireOwnOrigin(request: IncomingMessage, publicUrl: URL, hasCookie: boolean): void {
  if (hasOwnOrigin(request, publicUrl)) return;
  if (!hasCookie && request.headers.origin === undefined) return;
  throw new RefusedError(
    'wrong_origin',
    `This request does not come from ${publicUrl.origin}. Open the dashboard at that address, or use an API token.`,
  );
}
