import type { IncomingMessage } from 'node:http';
import type { Response } from 'express';

export const SESSION_COOKIE = 'admiral_session';

/** The session token of the request's cookie, or undefined. */
export function readSessionCookie(request: IncomingMessage): string | undefined {
  for (const pair of request.headers.cookie?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === SESSION_COOKIE && value) return value;
  }
  return undefined;
}

const options = (publicUrl: URL) =>
  ({ httpOnly: true, sameSite: 'lax', path: '/', secure: publicUrl.protocol === 'https:' }) as const;

export function setSessionCookie(response: Response, publicUrl: URL, token: string, expiresAt: Date): void {
  response.cookie(SESSION_COOKIE, token, { ...options(publicUrl), expires: expiresAt });
}

export function clearSessionCookie(response: Response, publicUrl: URL): void {
  response.clearCookie(SESSION_COOKIE, options(publicUrl));
}
