import { ListQuery } from '#common/contracts/basics.ts';
import { CreateSshKey, SshKey, SshKeyPage } from '#common/contracts/ssh-keys.ts';
import { ById } from '../http/params.ts';
import { route } from '../http/route.ts';
import { createSshKey } from './create-ssh-key.ts';
import { deleteSshKey } from './delete-ssh-key.ts';
import { listSshKeys } from './list-ssh-keys.ts';

export const sshKeyRoutes = [
  route({
    method: 'get',
    path: '/api/ssh-keys',
    access: 'keys.view',
    summary: 'List SSH keys, without their private parts',
    query: ListQuery,
    response: SshKeyPage,
    handle: listSshKeys,
  }),
  route({
    method: 'post',
    path: '/api/ssh-keys',
    access: 'keys.edit',
    summary: 'Generate or import an SSH key',
    body: CreateSshKey,
    response: SshKey,
    status: 201,
    idempotency: 'replay',
    handle: createSshKey,
  }),
  route({
    method: 'delete',
    path: '/api/ssh-keys/:id',
    access: 'keys.edit',
    summary: 'Delete an SSH key that no server uses',
    params: ById,
    handle: deleteSshKey,
  }),
];
