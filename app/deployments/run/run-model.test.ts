import { describe, expect, it } from '@jest/globals';
import type { DeploymentEvent } from '#common/contracts/deployments.ts';
import { RunModel } from './run-model.ts';

let sequence = 0;
const event = (
  kind: string,
  serverId: string | null,
  task: string | null,
  data: DeploymentEvent['data'] = {},
): DeploymentEvent => {
  sequence += 1;
  return { sequence, at: '2026-01-01T00:00:00.000Z', kind, serverId, task, data };
};

describe('a run built from its events', () => {
  it('lists tasks in the order of their numbers, also where names repeat', () => {
    const run = new RunModel();
    run.apply([
      event('task', null, 'Install', { task: 1 }),
      event('task', null, 'Restart', { task: 3 }),
      event('start', 'a', 'Install', { task: 2 }),
    ]);
    expect(run.tasks.map((task) => [task.number, task.name])).toEqual([
      [1, 'Install'],
      [2, 'Install'],
      [3, 'Restart'],
    ]);
  });

  it('tells changed from ok and ignored failures from real ones', () => {
    const run = new RunModel();
    run.apply([
      event('ok', 'a', 'one', { task: 1, changed: true, ms: 12 }),
      event('failed', 'a', 'two', { task: 2, message: 'no', ignored: true }),
      event('failed', 'b', 'two', { task: 2, message: 'no' }),
      event('unreachable', 'c', 'one', { task: 1, message: 'gone' }),
    ]);
    expect(run.cellsOf('a').get(1)).toMatchObject({ state: 'changed', ms: 12 });
    expect(run.cellsOf('a').get(2)?.state).toBe('ignored');
    expect(run.cellsOf('b').get(2)).toMatchObject({ state: 'failed', message: 'no' });
    expect(run.cellsOf('c').get(1)?.state).toBe('unreachable');
  });

  it('does not take a start that comes late for a running task', () => {
    const run = new RunModel();
    run.apply([event('ok', 'a', 'one', { task: 1 }), event('start', 'a', 'one', { task: 1 })]);
    expect(run.cellsOf('a').get(1)?.state).toBe('ok');
  });

  it('counts tries', () => {
    const run = new RunModel();
    run.apply([
      event('start', 'a', 'one', { task: 1 }),
      event('retry', 'a', 'one', { task: 1, tries: 2 }),
      event('ok', 'a', 'one', { task: 1 }),
    ]);
    expect(run.cellsOf('a').get(1)).toMatchObject({ state: 'ok', tries: 2 });
  });

  it('numbers tasks by name where events do not say', () => {
    const run = new RunModel();
    run.apply([event('ok', 'a', 'one'), event('ok', 'a', 'two'), event('ok', 'b', 'one')]);
    expect(run.tasks.map((task) => task.name)).toEqual(['one', 'two']);
    expect(run.cellsOf('b').get(1)?.state).toBe('ok');
  });
});
