import { describe, expect, it } from '@jest/globals';
import {
  countHosts,
  HOST_STATES,
  isFinalDeploymentState,
  isFinalHostState,
  outcomeOf,
  type HostState,
} from './states.ts';

const outcome = (states: HostState[], cancelled = false) => outcomeOf(countHosts(states), cancelled);

describe('outcome of a deployment', () => {
  it.each<[string, HostState[]]>([
    ['succeeded', ['ok', 'changed', 'skipped']],
    ['succeeded', ['skipped']],
    ['partly_failed', ['ok', 'failed']],
    ['partly_failed', ['changed', 'unreachable', 'skipped']],
    ['failed', ['failed', 'skipped']],
    ['failed', ['unknown']],
    ['failed', ['interrupted', 'unreachable']],
  ])('is %s for %j', (expected, states) => {
    expect(outcome(states)).toBe(expected);
  });

  it('is cancelled whatever the hosts say', () => {
    expect(outcome(['ok', 'unknown'], true)).toBe('cancelled');
  });

  it('counts every state', () => {
    expect(Object.keys(countHosts([]))).toEqual([...HOST_STATES]);
    expect(countHosts(['ok', 'ok', 'failed'])).toMatchObject({ ok: 2, failed: 1, pending: 0 });
  });

  it('knows which states are final', () => {
    expect(HOST_STATES.filter((state) => !isFinalHostState(state))).toEqual(['pending', 'running', 'interrupted']);
    expect(isFinalDeploymentState('cancelling')).toBe(false);
    expect(isFinalDeploymentState('partly_failed')).toBe(true);
  });
});
