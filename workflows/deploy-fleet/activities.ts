import type { HostCounts } from '#common/domain/states.ts';
import type { Confirmation, DeployFleetInput } from './messages.ts';

/** `ended`: there is nothing to run, for instance because it was cancelled before it began. */
export type Beginning = { kind: 'ready' } | { kind: 'ended' };

/**
 * How one activity of Ansible ended. A failed playbook is a result; only infrastructure faults are thrown.
 * `needsConfirmation`: hosts were interrupted and the playbook is not marked safe to repeat.
 */
export type RunPlaybookResult =
  { kind: 'finished'; counts: HostCounts } | { kind: 'needsConfirmation'; hostIds: string[] };

export interface RunPlaybookInput extends DeployFleetInput {
  /** A person agreed that interrupted hosts may be run again. */
  confirmed: boolean;
}

/** What the workflow `deployFleet` asks for. Each checks the authorization again before it touches anything. */
export interface DeployFleetActivities {
  beginDeployment: (input: DeployFleetInput) => Promise<Beginning>;
  runPlaybook: (input: RunPlaybookInput) => Promise<RunPlaybookResult>;
  markWaitingForConfirmation: (input: DeployFleetInput & { hostIds: string[] }) => Promise<void>;
  recordConfirmation: (input: DeployFleetInput & { confirmation: Confirmation }) => Promise<void>;
  finishDeployment: (input: DeployFleetInput & { cancelled: boolean; failure?: string }) => Promise<void>;
}
