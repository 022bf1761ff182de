import { describe, expect, it } from '@jest/globals';
import type { RunEvent } from '#common/contracts/run-events.ts';
import { applyRunEvent, pendingHost, settleHost, type AttemptEnd, type HostProgress } from './host-state.ts';

const at = 1000;
const task = { task: 1, name: 'Install', host: 'h', at };
const start: RunEvent = { kind: 'start', ...task };
const ok: RunEvent = { kind: 'ok', ...task };
const failed: RunEvent = { kind: 'failed', message: 'no room', ...task };
const noCounts = { ok: 0, changed: 0, unreachable: 0, failures: 0, skipped: 0, rescued: 0, ignored: 0 };
const summary = (counts: Partial<typeof noCounts>): RunEvent => ({
  kind: 'summary',
  host: 'h',
  at,
  counts: { ...noCounts, ...counts },
});
const after = (...events: RunEvent[]): HostProgress => events.reduce(applyRunEvent, pendingHost('h'));
const end = (reason: string, more: Partial<AttemptEnd> = {}): AttemptEnd => ({
  reason,
  exitCode: reason === 'exited' ? 0 : null,
  message: null,
  sawEnd: false,
  ...more,
});

describe('applyRunEvent', () => {
  it('goes from pending to running with the task, and to changed with the recap', () => {
    expect(after(start)).toMatchObject({ state: 'running', currentTask: 'Install', startedAtMs: at });
    expect(after(start, { ...ok, changed: true }, summary({ ok: 1, changed: 1 }))).toMatchObject({
      state: 'changed',
      currentTask: null,
      okCount: 1,
      changedCount: 1,
      finishedAtMs: at,
    });
  });

  it('shows a failure at once, with task and message, and keeps the reason through the recap', () => {
    expect(after(start, failed)).toMatchObject({ state: 'failed', reason: 'Install: no room', failedCount: 1 });
    expect(after(start, failed, summary({ failures: 1 })).reason).toBe('Install: no room');
  });

  it('runs on after a rescue, and forgets the reason', () => {
    expect(after(start, failed, start)).toMatchObject({ state: 'running', reason: null, finishedAtMs: null });
    expect(after(start, failed, start, ok, summary({ ok: 1, rescued: 1 }))).toMatchObject({
      state: 'ok',
      failedCount: 0,
      reason: null,
    });
  });

  it('does not fail for an ignored failure', () => {
    expect(after(start, { ...failed, ignored: true })).toMatchObject({ state: 'running', okCount: 1, failedCount: 0 });
  });

  it('is unreachable by event and by recap', () => {
    const gone: RunEvent = { kind: 'unreachable', message: 'timed out', ...task };
    expect(after(start, gone, summary({ unreachable: 1 }))).toMatchObject({
      state: 'unreachable',
      reason: 'timed out',
    });
  });
});

describe('settleHost', () => {
  it.each([
    ['exited', after(start), end('exited', { exitCode: 250 }), 'unknown'],
    ['exited before the host, with a recap', pendingHost('h'), end('exited', { sawEnd: true }), 'skipped'],
    ['exited before the host, without a recap', pendingHost('h'), end('exited', { exitCode: 4 }), 'failed'],
    ['could not start', pendingHost('h'), end('start_failed', { message: 'No ssh-agent.' }), 'failed'],
    ['cancelled in a task', after(start), end('cancelled'), 'unknown'],
    ['cancelled before', pendingHost('h'), end('cancelled'), 'skipped'],
    ['stopped in a task', after(start), end('interrupted'), 'interrupted'],
    ['stopped before', pendingHost('h'), end('interrupted'), 'interrupted'],
    ['lost in a task', after(start), end('lost'), 'unknown'],
    ['lost before', pendingHost('h'), end('lost'), 'pending'],
    ['lease lost in a task', after(start), end('lease_lost'), 'unknown'],
    [
      'cancelled after a stop in a task',
      { ...after(start), state: 'interrupted', currentTask: null },
      end('cancelled'),
      'unknown',
    ],
    ['cancelled after a stop before', { ...pendingHost('h'), state: 'interrupted' }, end('cancelled'), 'skipped'],
    ['cancelled after a failure', after(start, failed), end('cancelled'), 'failed'],
    ['cancelled after the recap', after(start, ok, summary({ ok: 1 })), end('cancelled'), 'ok'],
  ] as [string, HostProgress, AttemptEnd, string][])('%s', (_what, host, how, state) => {
    const settled = settleHost(host, how, 2000);
    expect(settled.state).toBe(state);
    expect(settled.currentTask).toBeNull();
    expect(settleHost(settled, how, 3000)).toEqual(settled);
  });
});
