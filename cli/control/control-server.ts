import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { InstallationStatus } from '../installation/installation.ts';

export interface ControlHandlers {
  status: () => InstallationStatus;
  /** Begins the end; the answer is sent before the process goes. */
  stop: (keepRuns: boolean) => void;
  restart: () => void;
  restartPart: (name: string) => Promise<void>;
}

/**
 * The starter's door for the `admiral` command: HTTP on a Unix socket with mode 0600, so that only the user of the data
 * folder (and root) reaches it.
 */
export async function openControl(path: string, handlers: ControlHandlers): Promise<Server> {
  rmSync(path, { force: true });
  const server = createServer((request, response) => {
    request.resume();
    const url = new URL(request.url ?? '/', 'http://control');
    const key = `${request.method ?? ''} ${url.pathname}`;
    if (key === 'GET /status') {
      answer(response, 200, handlers.status());
    } else if (key === 'POST /stop') {
      const status = handlers.status();
      answer(response, 202, status);
      handlers.stop(url.searchParams.get('keepRuns') === '1');
    } else if (key === 'POST /restart') {
      answer(response, 202, handlers.status());
      handlers.restart();
    } else if (key === 'POST /restart-part') {
      handlers.restartPart(url.searchParams.get('part') ?? '').then(
        () => {
          answer(response, 200, handlers.status());
        },
        (error: unknown) => {
          answer(response, 409, { error: (error as Error).message });
        },
      );
    } else {
      answer(response, 404, { error: 'not found' });
    }
  });
  const previous = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  } finally {
    process.umask(previous);
  }
  chmodSync(path, 0o600);
  return server;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' });
  response.end(JSON.stringify(body));
}
