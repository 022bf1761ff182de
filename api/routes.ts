import { auditRoutes } from './audit/routes.ts';
import { authRoutes } from './auth/routes.ts';
import { demoRoutes } from './demo/routes.ts';
import { deploymentRoutes } from './deployments/routes.ts';
import { route, type Route } from './http/route.ts';
import { describeApi } from './openapi.ts';
import { playbookRoutes } from './playbooks/routes.ts';
import { serverRoutes } from './servers/routes.ts';
import { sshKeyRoutes } from './ssh-keys/routes.ts';
import { OpenApiDocument, systemRoutes } from './system/routes.ts';
import { tokenRoutes } from './tokens/routes.ts';
import { userRoutes } from './users/routes.ts';
import { watchRoutes } from './watch/routes.ts';

/** The table of all routes: what is mounted, described and tested. */
export const ROUTES: readonly Route[] = [
  ...systemRoutes,
  ...authRoutes,
  ...serverRoutes,
  ...sshKeyRoutes,
  ...playbookRoutes,
  ...deploymentRoutes,
  ...auditRoutes,
  ...tokenRoutes,
  ...userRoutes,
  ...demoRoutes,
  ...watchRoutes,
  route({
    method: 'get',
    path: '/api/openapi.json',
    access: 'public',
    summary: 'This description',
    response: OpenApiDocument,
    handle: ({ deps }) => Promise.resolve(describeApi(ROUTES, deps.version, deps.publicUrl)),
  }),
];
