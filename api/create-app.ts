import express, { type Express } from 'express';
import type { ApiDeps } from './deps.ts';
import type { Actor } from './http/actor.ts';
import { handleError } from './http/handle-error.ts';
import { mountRoutes } from './http/mount.ts';
import { RefusedError } from './http/refused-error.ts';
import type { Route } from './http/route.ts';
import { ROUTES } from './routes.ts';

/** The HTTP side of the api. Nothing of it listens yet. */
export function createApp(deps: ApiDeps, routes: readonly Route[] = ROUTES): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.use((request, response, next) => {
    response.set({
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    });
    const startedAtMs = Date.now();
    response.on('finish', () => {
      const actor = response.locals.actor as Actor | undefined;
      deps.logger.debug(
        {
          method: request.method,
          path: request.path,
          status: response.statusCode,
          durationMs: Date.now() - startedAtMs,
          actorId: actor?.id,
        },
        'request',
      );
    });
    next();
  });
  app.use(mountRoutes(routes, deps));
  app.use((request, _response, next) => {
    next(new RefusedError('not_found', 'There is nothing at this address: GET /api/openapi.json lists all routes.'));
  });
  app.use(handleError(deps.logger));
  return app;
}
