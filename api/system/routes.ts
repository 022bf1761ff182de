import { z } from 'zod';
import { Health, Overview, Readiness } from '#common/contracts/system.ts';
import { route } from '../http/route.ts';
import { checkReadiness } from './check-readiness.ts';
import { readOverview } from './read-overview.ts';

export const systemRoutes = [
  route({
    method: 'get',
    path: '/healthz',
    access: 'public',
    summary: 'The api itself is alive',
    response: Health,
    handle: ({ deps }) => Promise.resolve({ status: 'ok' as const, version: deps.version }),
  }),
  route({
    method: 'get',
    path: '/readyz',
    access: 'public',
    summary: 'Whether everything that the api needs is ready; 503 names what is not',
    response: Readiness,
    handle: async ({ deps, response }) => {
      const readiness = await checkReadiness(deps);
      if (!readiness.ready) response.status(503);
      return readiness;
    },
  }),
  route({
    method: 'get',
    path: '/api/system/overview',
    access: 'system.view',
    summary: 'Counts for the overview page',
    response: Overview,
    handle: readOverview,
  }),
];

export const OpenApiDocument = z.record(z.string(), z.unknown());
