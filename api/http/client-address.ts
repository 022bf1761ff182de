import { timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';

/** Whether the request came through the front door: it carries its secret. */
export function isFromProxy(request: IncomingMessage, proxySecret: string): boolean {
  const given = request.headers['x-admiral-proxy'];
  if (typeof given !== 'string') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(proxySecret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The caller's address. `X-Forwarded-For` is believed only from the front door: its last entry is what that saw itself. */
export function clientAddress(request: IncomingMessage, proxySecret: string): string | null {
  const forwarded = request.headers['x-forwarded-for'];
  if (typeof forwarded === 'string' && isFromProxy(request, proxySecret)) {
    const last = forwarded.split(',').at(-1)?.trim() ?? '';
    if (isIP(last) !== 0) return last;
  }
  return request.socket.remoteAddress ?? null;
}
