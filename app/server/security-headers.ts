import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';

/**
 * A strict Content-Security-Policy with a fresh nonce per answer (left in `res.locals.nonce`), and the usual companions.
 * Inline styles stay allowed: dialogs and toasts set them, and they cannot run code.
 */
export function securityHeaders(publicUrl: string): RequestHandler {
  const { host, protocol } = new URL(publicUrl);
  const liveLine = `${protocol === 'https:' ? 'wss' : 'ws'}://${host}`;
  return (_request, response, next) => {
    const nonce = randomBytes(18).toString('base64');
    response.locals.nonce = nonce;
    response.setHeader(
      'Content-Security-Policy',
      [
        `default-src 'none'`,
        `script-src 'self' 'nonce-${nonce}'`,
        `style-src 'self' 'unsafe-inline'`,
        `img-src 'self' data:`,
        `font-src 'self'`,
        `connect-src 'self' ${liveLine}`,
        `form-action 'self'`,
        `base-uri 'none'`,
        `frame-ancestors 'none'`,
      ].join('; '),
    );
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('X-Frame-Options', 'DENY');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Permissions-Policy', 'camera=(), microphone=(), geolocation=()');
    next();
  };
}
