import { Router, type NextFunction, type Request, type Response } from 'express';
import { PERMISSIONS } from '#common/domain/permissions.ts';
import type { ApiDeps } from '../deps.ts';
import { answer } from './answer.ts';
import { RefusedError } from './refused-error.ts';
import type { Route } from './route.ts';

const ACCESS: readonly string[] = ['public', 'signedIn', ...PERMISSIONS];

/** A handler without a permission is a fault of the program: the api does not start. */
export class RouteWithoutPermissionError extends Error {
  readonly code = 'route_without_permission';
  constructor(route: Pick<Route, 'method' | 'path'>) {
    super(`${route.method.toUpperCase()} ${route.path} names no permission: set "access" in its route.`);
    this.name = 'RouteWithoutPermissionError';
  }
}

/** The only way to mount a handler. Other methods of a known path are answered with 405 and the ones allowed. */
export function mountRoutes(routes: readonly Route[], deps: ApiDeps): Router {
  const router = Router({ caseSensitive: true });
  const methods = new Map<string, Set<string>>();
  for (const route of routes) {
    if (!ACCESS.includes(route.access)) throw new RouteWithoutPermissionError(route);
    router[route.method](route.path, (request: Request, response: Response, next: NextFunction) => {
      answer(route, deps, request, response).catch(next);
    });
    const known = methods.get(route.path) ?? new Set();
    methods.set(route.path, known.add(route.method.toUpperCase()));
  }
  for (const [path, allowed] of methods) {
    if (allowed.has('GET')) allowed.add('HEAD');
    router.all(path, (request, _response, next) => {
      const list = [...allowed].join(', ');
      next(
        new RefusedError('method_not_allowed', `${request.method} is not possible here, only ${list}.`, undefined, {
          Allow: list,
        }),
      );
    });
  }
  return router;
}
