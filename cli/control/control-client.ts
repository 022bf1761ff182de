import { request } from 'node:http';
import type { InstallationStatus } from '../installation/installation.ts';
import { CannotError } from '../settings/usage-error.ts';

/** One call to the running starter. Throws CannotError with what it said. */
export function callControl(
  socket: string,
  method: 'GET' | 'POST',
  path: string,
  timeoutMs = 10_000,
): Promise<InstallationStatus> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: socket, method, path, timeout: timeoutMs });
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (data: string) => (text += data));
      response.on('end', () => {
        const body = JSON.parse(text) as InstallationStatus & { error?: string };
        if ((response.statusCode ?? 500) < 300) resolve(body);
        else reject(new CannotError(body.error ?? 'The installation did not understand the command.'));
      });
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', (error) => {
      reject(new CannotError(`The running installation does not answer at ${socket} (${error.message}).`));
    });
    call.end();
  });
}
