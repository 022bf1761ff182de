import { describe, expect, it } from '@jest/globals';
import type { DeploymentUpdate } from '#common/contracts/live.ts';
import { mergeDeploymentUpdates } from './merge-updates.ts';

const output = (sequence: number) => ({ sequence, at: '2026-01-01T00:00:00Z', chunk: String(sequence) });
const host = (serverId: string, okCount: number) => ({ serverId, okCount }) as never;

describe('mergeDeploymentUpdates', () => {
  it('keeps the newest state, all pieces in order, and the newest of each host', () => {
    const earlier: DeploymentUpdate = {
      deploymentId: 'd',
      state: 'running',
      output: [output(1)],
      hosts: [host('a', 1), host('b', 1)],
    };
    const later: DeploymentUpdate = { deploymentId: 'd', output: [output(2)], hosts: [host('a', 2)] };
    expect(mergeDeploymentUpdates(earlier, later)).toEqual({
      deploymentId: 'd',
      state: 'running',
      output: [output(1), output(2)],
      hosts: [host('a', 2), host('b', 1)],
    });
  });

  it('does not grow without bound: the oldest pieces go, to be fetched over HTTP', () => {
    let update: DeploymentUpdate = { deploymentId: 'd', output: [output(0)] };
    for (let n = 1; n < 5000; n += 1)
      update = mergeDeploymentUpdates(update, { deploymentId: 'd', output: [output(n)] });
    expect(update.output).toHaveLength(2000);
    expect(update.output?.at(-1)?.sequence).toBe(4999);
  });
});
