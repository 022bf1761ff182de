import type { Permission } from './permissions.ts';
import type { DeploymentState } from './states.ts';

export const DEPLOYMENT_ACTIONS = ['cancel', 'continue'] as const;
export type DeploymentAction = (typeof DEPLOYMENT_ACTIONS)[number];

/** What an action needs of the person, and why it cannot be done in a state (null: it can). */
interface ActionRule {
  permission: Permission;
  refusalIn: Record<DeploymentState, string | null>;
}

const ENDED = 'This deployment has ended.';

const CANCEL: ActionRule = {
  permission: 'deployments.cancel',
  refusalIn: {
    queued: null,
    waiting: null,
    running: null,
    paused: null,
    cancelling: 'It is being cancelled already.',
    succeeded: ENDED,
    partly_failed: ENDED,
    failed: ENDED,
    cancelled: ENDED,
  },
};

const CONTINUE: ActionRule = {
  permission: 'deployments.run',
  refusalIn: {
    queued: 'It has not begun yet.',
    waiting: null,
    running: 'It is running: nothing waits for you.',
    paused: 'It is paused, not waiting for a confirmation.',
    cancelling: 'It is being cancelled.',
    succeeded: ENDED,
    partly_failed: ENDED,
    failed: ENDED,
    cancelled: ENDED,
  },
};

/** The one table of what can be done with a deployment in which state, for the API and the buttons alike. */
const RULES: Record<DeploymentAction, ActionRule> = { cancel: CANCEL, continue: CONTINUE };

export const permissionFor = (action: DeploymentAction): Permission => RULES[action].permission;

/** Why the action cannot be done in this state, as a sentence; null when it can. */
export function refusalOf(action: DeploymentAction, state: DeploymentState): string | null {
  return RULES[action].refusalIn[state];
}
