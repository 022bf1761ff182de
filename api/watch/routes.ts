import { Server } from '#common/contracts/servers.ts';
import { route } from '../http/route.ts';
import { unwatchThisMachine, watchThisMachine } from './watch-this-machine.ts';

export const watchRoutes = [
  route({
    method: 'post',
    path: '/api/watch-this-machine',
    access: 'servers.edit',
    summary: 'Watch the machine of Admiral itself; it is never a target',
    response: Server,
    status: 201,
    handle: watchThisMachine,
  }),
  route({
    method: 'delete',
    path: '/api/watch-this-machine',
    access: 'servers.edit',
    summary: 'End the watching of the machine of Admiral itself',
    handle: unwatchThisMachine,
  }),
];
