import proto, { type temporal } from '@temporalio/proto';
import type { HistoryEntry } from '#common/contracts/deployments.ts';

type Event = temporal.api.history.v1.IHistoryEvent;
type State = HistoryEntry['state'];

const { EventType } = proto.temporal.api.enums.v1;
const millis = (time: Event['eventTime']) => Number(time?.seconds ?? 0) * 1000 + Math.floor((time?.nanos ?? 0) / 1e6);

/** Activities that are under way have no event of their own yet: their attempt and last failure, by id. */
export interface PendingActivity {
  activityId: string;
  attempt: number;
  lastFailure: string | null;
}

/**
 * A workflow's events as lines for people, in order: one for each activity, timer, signal and update, whose state moves on. Payloads
 * are left out: only names, times, attempts and messages of failures are taken.
 */
export function describeHistory(events: readonly Event[], pending: readonly PendingActivity[]): HistoryEntry[] {
  const lines = new Map<number, HistoryEntry>();
  const activityIds = new Map<string, number>();
  const timers = new Map<number, number>();
  const updates = new Map<string, number>();
  const add = (event: Event, kind: HistoryEntry['kind'], title: string, state: State, detail: string | null = null) => {
    const id = Number(event.eventId);
    const at = new Date(millis(event.eventTime)).toISOString();
    lines.set(id, { id, at, kind, title, state, attempt: null, durationMs: null, detail });
    return id;
  };
  const move = (id: number, event: Event | undefined, state: State, detail?: string | null, attempt?: number) => {
    const line = lines.get(id);
    if (!line) return;
    line.state = state;
    if (event) line.durationMs = Math.max(0, millis(event.eventTime) - Date.parse(line.at));
    if (detail) line.detail = detail;
    if (attempt !== undefined) line.attempt = attempt;
  };
  for (const event of events) {
    const activity = endOfActivity(event);
    if (activity) {
      move(activity.scheduledId, event, activity.state, activity.detail);
      continue;
    }
    const workflow = workflowLine(event);
    if (workflow) {
      add(event, 'workflow', workflow.title, workflow.state, workflow.detail);
      continue;
    }
    switch (event.eventType) {
      case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: {
        const of = event.activityTaskScheduledEventAttributes;
        const id = add(event, 'activity', of?.activityType?.name ?? 'activity', 'started');
        activityIds.set(of?.activityId ?? '', id);
        break;
      }
      case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED: {
        const of = event.activityTaskStartedEventAttributes;
        move(Number(of?.scheduledEventId), undefined, 'running', of?.lastFailure?.message, of?.attempt ?? 1);
        break;
      }
      case EventType.EVENT_TYPE_TIMER_STARTED: {
        const of = event.timerStartedEventAttributes;
        const seconds = Number(of?.startToFireTimeout?.seconds ?? 0);
        timers.set(Number(event.eventId), add(event, 'timer', `Timer of ${String(seconds)} s`, 'running'));
        break;
      }
      case EventType.EVENT_TYPE_TIMER_FIRED:
        move(Number(event.timerFiredEventAttributes?.startedEventId), event, 'completed');
        break;
      case EventType.EVENT_TYPE_TIMER_CANCELED:
        move(Number(event.timerCanceledEventAttributes?.startedEventId), event, 'cancelled');
        break;
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
        add(event, 'signal', event.workflowExecutionSignaledEventAttributes?.signalName ?? 'signal', 'info');
        break;
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: {
        const of = event.workflowExecutionUpdateAcceptedEventAttributes;
        const id = add(event, 'update', of?.acceptedRequest?.input?.name ?? 'update', 'running');
        updates.set(of?.protocolInstanceId ?? '', id);
        break;
      }
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED: {
        const of = event.workflowExecutionUpdateCompletedEventAttributes;
        const failure = of?.outcome?.failure?.message;
        move(Number(of?.acceptedEventId), event, failure ? 'failed' : 'completed', failure);
        break;
      }
      default:
        break; // Workflow tasks and markers: machinery, not news.
    }
  }
  for (const { activityId, attempt, lastFailure } of pending) {
    const id = activityIds.get(activityId);
    if (id !== undefined) move(id, undefined, 'running', lastFailure, attempt);
  }
  return [...lines.values()].sort((a, b) => a.id - b.id);
}

function endOfActivity(event: Event): { scheduledId: number; state: State; detail: string | null } | undefined {
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed) return { scheduledId: Number(completed.scheduledEventId), state: 'completed', detail: null };
  const failed = event.activityTaskFailedEventAttributes;
  if (failed)
    return { scheduledId: Number(failed.scheduledEventId), state: 'failed', detail: reasonOf(failed.failure) };
  const timedOut = event.activityTaskTimedOutEventAttributes;
  if (timedOut) {
    return { scheduledId: Number(timedOut.scheduledEventId), state: 'timed_out', detail: reasonOf(timedOut.failure) };
  }
  const cancelled = event.activityTaskCanceledEventAttributes;
  if (cancelled) return { scheduledId: Number(cancelled.scheduledEventId), state: 'cancelled', detail: null };
  return undefined;
}

function workflowLine(event: Event): { title: string; state: State; detail: string | null } | undefined {
  if (event.workflowExecutionStartedEventAttributes) {
    const name = event.workflowExecutionStartedEventAttributes.workflowType?.name ?? 'Workflow';
    return { title: `${name} started`, state: 'started', detail: null };
  }
  if (event.workflowExecutionCompletedEventAttributes) return { title: 'Completed', state: 'completed', detail: null };
  const failed = event.workflowExecutionFailedEventAttributes;
  if (failed) return { title: 'Failed', state: 'failed', detail: reasonOf(failed.failure) };
  if (event.workflowExecutionTimedOutEventAttributes) return { title: 'Timed out', state: 'timed_out', detail: null };
  if (event.workflowExecutionCanceledEventAttributes) return { title: 'Cancelled', state: 'cancelled', detail: null };
  if (event.workflowExecutionCancelRequestedEventAttributes) {
    return { title: 'Asked to cancel', state: 'info', detail: null };
  }
  const terminated = event.workflowExecutionTerminatedEventAttributes;
  if (terminated) return { title: 'Terminated', state: 'failed', detail: terminated.reason ?? null };
  return undefined;
}

/** The innermost message: outer ones only say that an activity failed. */
export function reasonOf(failure: temporal.api.failure.v1.IFailure | null | undefined): string | null {
  if (!failure) return null;
  return reasonOf(failure.cause) ?? failure.message ?? null;
}
