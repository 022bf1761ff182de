import { CreatedUser, CreateUser, UpdateUser, User, UserPage } from '#common/contracts/access.ts';
import { ListQuery } from '#common/contracts/basics.ts';
import { ById } from '../http/params.ts';
import { route } from '../http/route.ts';
import { createUser } from './create-user.ts';
import { inviteAgain } from './invite-again.ts';
import { listUsers } from './list-users.ts';
import { updateUser } from './update-user.ts';

export const userRoutes = [
  route({
    method: 'get',
    path: '/api/users',
    access: 'users.view',
    summary: 'List people',
    query: ListQuery,
    response: UserPage,
    handle: listUsers,
  }),
  route({
    method: 'post',
    path: '/api/users',
    access: 'users.edit',
    summary: 'Invite a person; the link is shown this once',
    body: CreateUser,
    response: CreatedUser,
    status: 201,
    idempotency: 'once',
    handle: createUser,
  }),
  route({
    method: 'patch',
    path: '/api/users/:id',
    access: 'users.edit',
    summary: 'Change a person: name, role, disabled',
    params: ById,
    body: UpdateUser,
    response: User,
    handle: updateUser,
  }),
  route({
    method: 'post',
    path: '/api/users/:id/invite',
    access: 'users.edit',
    summary: 'Make a new one-time link for a person; it is shown this once',
    params: ById,
    response: CreatedUser,
    status: 201,
    idempotency: 'once',
    handle: inviteAgain,
  }),
];
