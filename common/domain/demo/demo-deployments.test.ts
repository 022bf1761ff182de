import { describe, expect, it } from '@jest/globals';
import { RunEvent } from '#common/contracts/run-events.ts';
import { isFinalDeploymentState, isFinalHostState } from '../states.ts';
import { demoDeployments } from './demo-deployments.ts';
import { demoServers } from './demo-servers.ts';
import type { DemoPlan } from './plan.ts';

const plan: DemoPlan = {
  id: '0192f0c1-7a5e-7c3d-9d8e-0f1a2b3c4d5e',
  servers: 20,
  days: 7,
  originMs: Date.parse('2026-06-10T15:20:00Z'),
};
const deployments = demoDeployments(plan, demoServers(plan));

describe('past deployments of a demo', () => {
  it('ended in every way a deployment can end', () => {
    const states = deployments.map((deployment) => deployment.state);
    expect(new Set(states)).toEqual(new Set(['succeeded', 'cancelled', 'partly_failed', 'failed']));
    expect(states.every(isFinalDeploymentState)).toBe(true);
    const hosts = deployments.flatMap((deployment) => deployment.hosts);
    expect(hosts.every((host) => isFinalHostState(host.state) && host.currentTask === null)).toBe(true);
    expect(hosts.find((host) => host.state === 'failed')?.reason).toContain('No space left on device');
    expect(hosts.find((host) => host.state === 'unreachable')?.reason).toContain('No route to host');
  });

  it.each([
    [20, 7],
    [1, 0],
    [3, 1],
  ])('lie within the past with events in order, for %i servers and %i days', (servers, days) => {
    const own = { ...plan, servers, days };
    for (const deployment of demoDeployments(own, demoServers(own))) {
      const times = deployment.events.map((event) => event.at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times[0]).toBeGreaterThan(deployment.createdAtMs);
      expect(deployment.finishedAtMs).toBeGreaterThan(times.at(-1) ?? Infinity);
      expect(deployment.finishedAtMs).toBeLessThan(own.originMs);
      for (const event of deployment.events) expect(RunEvent.safeParse(event).success).toBe(true);
    }
  });

  it('print what Ansible would print', () => {
    const text = deployments[0]!.output.map((piece) => piece.text).join('');
    expect(text).toMatch(/^\nPLAY \[Deploy the agent\] \*{3,}\n/);
    expect(text).toContain('changed: [demo-web-01]\n');
    expect(text).toMatch(/PLAY RECAP \*{3,}\ndemo-web-01 +: ok=12 +changed=9 +unreachable=0 +failed=0/);
  });
});
