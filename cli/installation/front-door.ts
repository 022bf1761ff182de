import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { StarterSettings } from '../settings/starter-settings.ts';
import { CannotError } from '../settings/usage-error.ts';

const PATIENCE_MS = 60_000;

/** Resolves when `GET /readyz` answers 200 through the front door; throws with what it last said otherwise. */
export async function waitForFrontDoor(settings: StarterSettings): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  let last = 'no answer';
  while (Date.now() < deadline) {
    try {
      const answer = await askFrontDoor(settings, '/readyz');
      if (answer.status === 200) return;
      last = `${String(answer.status)} ${answer.body.slice(0, 500)}`;
    } catch (error) {
      last = (error as Error).message;
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new CannotError(`The front door does not say that it is ready: ${last}`);
}

/** One GET to our own front door on this machine, whatever name its certificate is for. */
export function askFrontDoor(settings: StarterSettings, path: string): Promise<{ status: number; body: string }> {
  const host = settings.listen === '0.0.0.0' ? '127.0.0.1' : settings.listen === '::' ? '::1' : settings.listen;
  const { hostname, host: hostHeader } = new URL(settings.publicUrl);
  const isTls = settings.tls.kind !== 'none';
  const options = { host, port: settings.httpPort, path, headers: { host: hostHeader }, timeout: 5000 };
  return new Promise((resolve, reject) => {
    // The connection goes to an address of this machine, and nothing secret is sent: the name need not be checked.
    const call = isTls
      ? httpsRequest({
          ...options,
          servername: /^[\d.[\]:]+$/.test(hostname) ? '' : hostname,
          rejectUnauthorized: false,
        })
      : httpRequest(options);
    call.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (data: string) => (body += data));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
    call.on('timeout', () => call.destroy(new Error('no answer within 5 s')));
    call.on('error', reject);
    call.end();
  });
}
