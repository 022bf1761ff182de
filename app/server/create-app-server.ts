import { join } from 'node:path';
import { createRequestHandler } from '@remix-run/express';
import type { ServerBuild } from '@remix-run/node';
import express, { type Express } from 'express';
import type { LoadContext } from './load-context.ts';
import { securityHeaders } from './security-headers.ts';

export interface AppServerOptions {
  build: ServerBuild;
  /** Folder `build/app/client`. */
  clientFolder: string;
  apiUrl: string;
  publicUrl: string;
}

/** The dashboard's HTTP application: built files with long caching, everything else rendered by Remix. */
export function createAppServer({ build, clientFolder, apiUrl, publicUrl }: AppServerOptions): Express {
  const server = express();
  server.disable('x-powered-by');
  server.use(securityHeaders(publicUrl));
  server.get('/app-healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  server.use('/assets', (request, response, next) => {
    if (request.path.endsWith('.map')) response.sendStatus(404);
    else next();
  });
  server.use(
    '/assets',
    express.static(join(clientFolder, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false, index: false }),
  );
  server.use(express.static(clientFolder, { maxAge: '1h', index: false }));
  const context: Omit<LoadContext, 'nonce'> = {
    apiUrl: apiUrl.replace(/\/$/, ''),
    publicOrigin: new URL(publicUrl).origin,
  };
  const handle = createRequestHandler({
    build,
    mode: 'production',
    getLoadContext: (_request, response) => ({ ...context, nonce: response.locals.nonce as string }),
  });
  server.all('*', (request, response, next) => {
    handle(request, response, next).catch(next);
  });
  return server;
}
