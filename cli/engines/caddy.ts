import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { CannotError } from '../settings/usage-error.ts';
import { findProgram } from './find-program.ts';

/** Caddy of the project's virtual environment, else from PATH. Throws with the fix. */
export function caddyProgram(venvBin: string): string {
  const own = join(venvBin, 'caddy');
  const program = existsSync(own) ? own : findProgram(['caddy']);
  if (program === undefined) {
    throw new CannotError('The caddy program was not found: remove .tools/venv and start again.');
  }
  return program;
}

/** Resolves when Caddy runs its configuration; asked over its administration socket. */
export function probeCaddy(adminSocket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: adminSocket, path: '/config/apps/http/servers/door/listen', timeout: 2000 });
    call.on('response', (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`Caddy answers ${String(response.statusCode)}`));
    });
    call.on('timeout', () => call.destroy(new Error('Caddy does not answer')));
    call.on('error', reject);
    call.end();
  });
}
