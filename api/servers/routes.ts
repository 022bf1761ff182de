import {
  AcceptHostKey,
  AgentToken,
  ConnectionReport,
  CreateServer,
  Server,
  ServerListQuery,
  ServerPage,
  UpdateServer,
} from '#common/contracts/servers.ts';
import { MetricQuery, MetricSeries, TopProcesses, TopProcessesQuery } from '#common/contracts/metrics.ts';
import { ById } from '../http/params.ts';
import { route } from '../http/route.ts';
import { acceptHostKey } from './accept-host-key.ts';
import { createServer } from './create-server.ts';
import { deleteServer } from './delete-server.ts';
import { getServer } from './get-server.ts';
import { listServers } from './list-servers.ts';
import { readMetrics, readProcesses } from './read-metrics.ts';
import { rotateAgentToken } from './rotate-agent-token.ts';
import { testConnection } from './test-connection.ts';
import { updateServer } from './update-server.ts';

export const serverRoutes = [
  route({
    method: 'get',
    path: '/api/servers',
    access: 'servers.view',
    summary: 'List servers',
    query: ServerListQuery,
    response: ServerPage,
    handle: listServers,
  }),
  route({
    method: 'post',
    path: '/api/servers',
    access: 'servers.edit',
    summary: 'Add a server, reachable or not',
    body: CreateServer,
    response: Server,
    status: 201,
    idempotency: 'replay',
    handle: createServer,
  }),
  route({
    method: 'get',
    path: '/api/servers/:id',
    access: 'servers.view',
    summary: 'One server',
    params: ById,
    response: Server,
    handle: getServer,
  }),
  route({
    method: 'patch',
    path: '/api/servers/:id',
    access: 'servers.edit',
    summary: 'Change a server; another address forgets its pinned host key',
    params: ById,
    body: UpdateServer,
    response: Server,
    handle: updateServer,
  }),
  route({
    method: 'delete',
    path: '/api/servers/:id',
    access: 'servers.edit',
    summary: 'Delete a server that no open deployment works on',
    params: ById,
    handle: deleteServer,
  }),
  route({
    method: 'post',
    path: '/api/servers/:id/test-connection',
    access: 'servers.connection',
    summary: 'Connect to the server and report every step; takes up to a minute',
    params: ById,
    response: ConnectionReport,
    handle: testConnection,
  }),
  route({
    method: 'post',
    path: '/api/servers/:id/accept-host-key',
    access: 'servers.connection',
    summary: 'Pin the host key that the last connection saw',
    params: ById,
    body: AcceptHostKey,
    response: Server,
    handle: acceptHostKey,
  }),
  route({
    method: 'post',
    path: '/api/servers/:id/agent-token',
    access: 'servers.edit',
    summary: 'Make a new agent token; the older ones end',
    params: ById,
    response: AgentToken,
    status: 201,
    idempotency: 'once',
    handle: rotateAgentToken,
  }),
  route({
    method: 'get',
    path: '/api/servers/:id/metrics',
    access: 'servers.view',
    summary: 'Charts of one server, in columns',
    params: ById,
    query: MetricQuery,
    response: MetricSeries,
    handle: readMetrics,
  }),
  route({
    method: 'get',
    path: '/api/servers/:id/processes/top',
    access: 'servers.view',
    summary: 'Process groups that used most',
    params: ById,
    query: TopProcessesQuery,
    response: TopProcesses,
    handle: readProcesses,
  }),
];
