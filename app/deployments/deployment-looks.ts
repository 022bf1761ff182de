import type { DeploymentState, HostState } from '#common/domain/states.ts';
import type { Look } from '../ui/badge.tsx';

export const DEPLOYMENT_LOOKS: Record<DeploymentState, Look> = {
  queued: { word: 'Queued', icon: 'clock', tone: 'quiet' },
  waiting: { word: 'Waiting', icon: 'clock', tone: 'change' },
  running: { word: 'Running', icon: 'spinner', tone: 'active' },
  paused: { word: 'Paused', icon: 'pause', tone: 'quiet' },
  cancelling: { word: 'Cancelling', icon: 'stop', tone: 'change' },
  succeeded: { word: 'Succeeded', icon: 'check', tone: 'good' },
  partly_failed: { word: 'Partly failed', icon: 'alert', tone: 'bad' },
  failed: { word: 'Failed', icon: 'cross', tone: 'bad' },
  cancelled: { word: 'Cancelled', icon: 'stop', tone: 'quiet' },
};

export const HOST_LOOKS: Record<HostState, Look> = {
  pending: { word: 'Pending', icon: 'ring', tone: 'quiet' },
  running: { word: 'Running', icon: 'spinner', tone: 'active' },
  ok: { word: 'OK', icon: 'check', tone: 'good' },
  changed: { word: 'Changed', icon: 'change', tone: 'change' },
  failed: { word: 'Failed', icon: 'cross', tone: 'bad' },
  unreachable: { word: 'Unreachable', icon: 'offline', tone: 'bad' },
  skipped: { word: 'Skipped', icon: 'skip', tone: 'quiet' },
  unknown: { word: 'Unknown', icon: 'question', tone: 'odd' },
  interrupted: { word: 'Interrupted', icon: 'pause', tone: 'odd' },
};

/** States of hosts in the order in which people look for trouble. */
export const HOST_STATES_BY_TROUBLE: readonly HostState[] = [
  'failed',
  'unreachable',
  'unknown',
  'interrupted',
  'running',
  'pending',
  'changed',
  'ok',
  'skipped',
];
