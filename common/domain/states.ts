/** States of a deployment, in the order of a normal life. */
export const DEPLOYMENT_STATES = [
  'queued',
  'waiting',
  'running',
  'paused',
  'cancelling',
  'succeeded',
  'partly_failed',
  'failed',
  'cancelled',
] as const;
export type DeploymentState = (typeof DEPLOYMENT_STATES)[number];

const FINAL_DEPLOYMENT_STATES: readonly DeploymentState[] = ['succeeded', 'partly_failed', 'failed', 'cancelled'];

export const isFinalDeploymentState = (state: DeploymentState): boolean => FINAL_DEPLOYMENT_STATES.includes(state);

/** States of one host within a deployment. `interrupted`: the installation was stopped under it; the next start goes on. */
export const HOST_STATES = [
  'pending',
  'running',
  'ok',
  'changed',
  'failed',
  'unreachable',
  'skipped',
  'unknown',
  'interrupted',
] as const;
export type HostState = (typeof HOST_STATES)[number];

const FINAL_HOST_STATES: readonly HostState[] = ['ok', 'changed', 'failed', 'unreachable', 'skipped', 'unknown'];

export const isFinalHostState = (state: HostState): boolean => FINAL_HOST_STATES.includes(state);

/** How many hosts are in each state. */
export type HostCounts = Record<HostState, number>;

export function countHosts(states: readonly HostState[]): HostCounts {
  const counts = Object.fromEntries(HOST_STATES.map((state) => [state, 0])) as HostCounts;
  for (const state of states) counts[state] += 1;
  return counts;
}

/** The final state of a deployment whose hosts have all ended. Nothing to do at all counts as success. */
export function outcomeOf(counts: HostCounts, wasCancelled: boolean): DeploymentState {
  if (wasCancelled) return 'cancelled';
  const good = counts.ok + counts.changed;
  const bad = counts.failed + counts.unreachable + counts.unknown + counts.interrupted;
  if (bad === 0) return 'succeeded';
  return good > 0 ? 'partly_failed' : 'failed';
}
