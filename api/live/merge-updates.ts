import type { DeploymentUpdate } from '#common/contracts/live.ts';

/** More events or pieces of output than this are not kept for one message: browsers fetch the gap over HTTP. */
const MAX_ITEMS = 2000;

/** One update that says what both said. Sequence numbers stay in order; what is too much is left out from the front. */
export function mergeDeploymentUpdates(earlier: DeploymentUpdate, later: DeploymentUpdate): DeploymentUpdate {
  const merged: DeploymentUpdate = { ...earlier, ...later };
  const events = joined(earlier.events, later.events);
  const output = joined(earlier.output, later.output);
  if (events) merged.events = events;
  if (output) merged.output = output;
  if (earlier.hosts && later.hosts) {
    const byId = new Map([...earlier.hosts, ...later.hosts].map((host) => [host.serverId, host]));
    merged.hosts = [...byId.values()];
  }
  return merged;
}

function joined<T>(a: T[] | undefined, b: T[] | undefined): T[] | undefined {
  if (!a || !b) return b ?? a;
  return [...a, ...b].slice(-MAX_ITEMS);
}
