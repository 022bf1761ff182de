import { Demo, OrderDemo } from '#common/contracts/demo.ts';
import { route } from '../http/route.ts';
import { orderDemo } from './order-demo.ts';
import { removeDemo } from './remove-demo.ts';
import { findDemo, presentDemo } from './stored-demo.ts';

export const demoRoutes = [
  route({
    method: 'get',
    path: '/api/demo',
    access: 'servers.view',
    summary: 'Whether there are demo servers, and how far their history is',
    response: Demo,
    handle: async ({ deps }) => presentDemo(await findDemo(deps.db)),
  }),
  route({
    method: 'post',
    path: '/api/demo',
    access: 'servers.edit',
    summary: 'Make demo servers with history, past deployments and live reports',
    body: OrderDemo,
    response: Demo,
    status: 202,
    handle: orderDemo,
  }),
  route({
    method: 'delete',
    path: '/api/demo',
    access: 'servers.edit',
    summary: 'Remove the demo servers and everything that is theirs',
    response: Demo,
    status: 202,
    handle: removeDemo,
  }),
];
