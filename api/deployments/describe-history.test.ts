import proto from '@temporalio/proto';
import { describe, expect, it } from '@jest/globals';
import { describeHistory } from './describe-history.ts';

const { EventType } = proto.temporal.api.enums.v1;
let nextId = 0;
const event = (type: keyof typeof EventType, attributes: object) => {
  nextId += 1;
  return {
    eventId: nextId as never,
    eventType: EventType[type],
    eventTime: { seconds: (1000 + nextId) as never, nanos: 0 },
    ...attributes,
  };
};

describe('describeHistory', () => {
  it('makes one line of each activity, timer and update, whose state moves on', () => {
    nextId = 0;
    const lines = describeHistory(
      [
        event('EVENT_TYPE_WORKFLOW_EXECUTION_STARTED', {
          workflowExecutionStartedEventAttributes: {
            workflowType: { name: 'deployFleet' },
            input: { payloads: [{ data: Buffer.from('secret') }] },
          },
        }),
        event('EVENT_TYPE_ACTIVITY_TASK_SCHEDULED', {
          activityTaskScheduledEventAttributes: { activityId: '1', activityType: { name: 'beginDeployment' } },
        }),
        event('EVENT_TYPE_TIMER_STARTED', { timerStartedEventAttributes: { startToFireTimeout: { seconds: 30 } } }),
        event('EVENT_TYPE_ACTIVITY_TASK_STARTED', {
          activityTaskStartedEventAttributes: { scheduledEventId: 2, attempt: 3 },
        }),
        event('EVENT_TYPE_ACTIVITY_TASK_FAILED', {
          activityTaskFailedEventAttributes: {
            scheduledEventId: 2,
            failure: { message: 'outer', cause: { message: 'the disk is full' } },
          },
        }),
        event('EVENT_TYPE_TIMER_CANCELED', { timerCanceledEventAttributes: { startedEventId: 3 } }),
        event('EVENT_TYPE_ACTIVITY_TASK_SCHEDULED', {
          activityTaskScheduledEventAttributes: { activityId: '2', activityType: { name: 'runPlaybook' } },
        }),
        event('EVENT_TYPE_WORKFLOW_TASK_COMPLETED', {}),
      ],
      [{ activityId: '2', attempt: 4, lastFailure: 'the worker went away' }],
    );
    expect(
      lines.map(({ kind, title, state, attempt, durationMs, detail }) => [
        kind,
        title,
        state,
        attempt,
        durationMs,
        detail,
      ]),
    ).toEqual([
      ['workflow', 'deployFleet started', 'started', null, null, null],
      ['activity', 'beginDeployment', 'failed', 3, 3000, 'the disk is full'],
      ['timer', 'Timer of 30 s', 'cancelled', null, 3000, null],
      ['activity', 'runPlaybook', 'running', 4, null, 'the worker went away'],
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });
});
