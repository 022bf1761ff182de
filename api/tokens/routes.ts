import { CreatedToken, CreateToken, TokenPage } from '#common/contracts/access.ts';
import { ListQuery } from '#common/contracts/basics.ts';
import { ById } from '../http/params.ts';
import { route } from '../http/route.ts';
import { createToken } from './create-token.ts';
import { listTokens } from './list-tokens.ts';
import { revokeToken } from './revoke-token.ts';

export const tokenRoutes = [
  route({
    method: 'get',
    path: '/api/tokens',
    access: 'tokens.view',
    summary: 'List API tokens, without the tokens themselves',
    query: ListQuery,
    response: TokenPage,
    handle: listTokens,
  }),
  route({
    method: 'post',
    path: '/api/tokens',
    access: 'tokens.edit',
    summary: 'Make an API token; it is shown this once',
    body: CreateToken,
    response: CreatedToken,
    status: 201,
    idempotency: 'once',
    handle: createToken,
  }),
  route({
    method: 'delete',
    path: '/api/tokens/:id',
    access: 'tokens.edit',
    summary: 'Revoke an API token',
    params: ById,
    handle: revokeToken,
  }),
];
