import { defineQuery, defineUpdate } from '@temporalio/workflow';

/** Name under which `deployFleet` is started; its workflow id is the deployment's id. */
export const DEPLOY_FLEET = 'deployFleet';

/** Input of `deployFleet`: an id, and the api's signature over what it stands for. Nothing else passes through Temporal. */
export interface DeployFleetInput {
  deploymentId: string;
  authorization: string;
}

/** A person's consent to run interrupted hosts again, signed by the api (ConfirmationClaim). */
export interface Confirmation {
  actorId: string | null;
  expiresAtMs: number;
  authorization: string;
}

/** What the workflow waits for, and since when (epoch ms). */
export interface DeployFleetProgress {
  step: 'starting' | 'running' | 'waitingForConfirmation' | 'finishing' | 'done';
  sinceMs: number;
}

/** Refused unless the workflow waits for a confirmation. */
export const confirmInterruptedUpdate = defineUpdate<void, [Confirmation]>('confirmInterrupted');
export const getProgressQuery = defineQuery<DeployFleetProgress>('getProgress');
