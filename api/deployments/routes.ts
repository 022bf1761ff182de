import {
  CreateDeployment,
  Deployment,
  DeploymentHistory,
  DeploymentListQuery,
  DeploymentPage,
  EventSlice,
  OutputSlice,
  SequenceQuery,
} from '#common/contracts/deployments.ts';
import { ById } from '../http/params.ts';
import { route } from '../http/route.ts';
import { cancelDeployment } from './cancel-deployment.ts';
import { continueDeployment } from './continue-deployment.ts';
import { createDeployment } from './create-deployment.ts';
import { getDeployment } from './get-deployment.ts';
import { listDeployments } from './list-deployments.ts';
import { readHistory } from './read-history.ts';
import { readEvents, readOutput } from './read-slices.ts';

export const deploymentRoutes = [
  route({
    method: 'get',
    path: '/api/deployments',
    access: 'deployments.view',
    summary: 'List deployments',
    query: DeploymentListQuery,
    response: DeploymentPage,
    handle: listDeployments,
  }),
  route({
    method: 'post',
    path: '/api/deployments',
    access: 'deployments.run',
    summary: 'Run a playbook on servers',
    body: CreateDeployment,
    response: Deployment,
    status: 201,
    idempotency: 'replay',
    handle: createDeployment,
  }),
  route({
    method: 'get',
    path: '/api/deployments/:id',
    access: 'deployments.view',
    summary: 'One deployment with its hosts',
    params: ById,
    response: Deployment,
    handle: getDeployment,
  }),
  route({
    method: 'get',
    path: '/api/deployments/:id/events',
    access: 'deployments.view',
    summary: 'Events of the run after a sequence number',
    params: ById,
    query: SequenceQuery,
    response: EventSlice,
    handle: readEvents,
  }),
  route({
    method: 'get',
    path: '/api/deployments/:id/output',
    access: 'deployments.view',
    summary: "Ansible's output after a sequence number",
    params: ById,
    query: SequenceQuery,
    response: OutputSlice,
    handle: readOutput,
  }),
  route({
    method: 'get',
    path: '/api/deployments/:id/history',
    access: 'deployments.view',
    summary: 'History of the workflow behind it',
    params: ById,
    response: DeploymentHistory,
    handle: readHistory,
  }),
  route({
    method: 'post',
    path: '/api/deployments/:id/cancel',
    access: 'deployments.cancel',
    summary: 'Ask a deployment to end',
    params: ById,
    response: Deployment,
    handle: cancelDeployment,
  }),
  route({
    method: 'post',
    path: '/api/deployments/:id/continue',
    access: 'deployments.run',
    summary: 'Agree that interrupted hosts are run again',
    params: ById,
    response: Deployment,
    handle: continueDeployment,
  }),
];
