import { PlaybookList } from '#common/contracts/playbooks.ts';
import { route } from '../http/route.ts';
import { listPlaybooks } from './list-playbooks.ts';

export const playbookRoutes = [
  route({
    method: 'get',
    path: '/api/playbooks',
    access: 'playbooks.view',
    summary: 'List playbooks and the variables that they declare',
    response: PlaybookList,
    handle: listPlaybooks,
  }),
];
