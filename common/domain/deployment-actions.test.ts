import { describe, expect, it } from '@jest/globals';
import { DEPLOYMENT_ACTIONS, permissionFor, refusalOf } from './deployment-actions.ts';
import { may } from './permissions.ts';
import { DEPLOYMENT_STATES, isFinalDeploymentState } from './states.ts';

describe('what can be done with a deployment', () => {
  it('refuses every action once it has ended, with a sentence', () => {
    for (const state of DEPLOYMENT_STATES.filter(isFinalDeploymentState)) {
      for (const action of DEPLOYMENT_ACTIONS) expect(refusalOf(action, state)).toMatch(/\.$/);
    }
  });

  it('cancels whatever has not ended and is not being cancelled', () => {
    const allowed = DEPLOYMENT_STATES.filter((state) => refusalOf('cancel', state) === null);
    expect(allowed).toEqual(['queued', 'waiting', 'running', 'paused']);
  });

  it('continues only what waits', () => {
    expect(DEPLOYMENT_STATES.filter((state) => refusalOf('continue', state) === null)).toEqual(['waiting']);
  });

  it('needs permissions that a viewer does not have', () => {
    for (const action of DEPLOYMENT_ACTIONS) {
      expect(may('viewer', permissionFor(action))).toBe(false);
      expect(may('operator', permissionFor(action))).toBe(true);
    }
  });
});
