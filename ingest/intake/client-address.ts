import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Where a request came from: what the front door says, when it proves that it is the front door, else the connection. */
export function clientAddress(request: IncomingMessage, proxySecret: string): string {
  const given = request.headers['x-admiral-proxy'];
  if (typeof given === 'string' && isSame(given, proxySecret)) {
    const forwarded = request.headers['x-forwarded-for'];
    const last = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').at(-1)?.trim();
    if (last) return last;
  }
  return request.socket.remoteAddress ?? 'unknown';
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
