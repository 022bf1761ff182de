import type { Readiness } from '#common/contracts/system.ts';
import { ANSIBLE_QUEUE, WORKFLOW_QUEUE } from '#workflows/task-queues.ts';
import proto, { type temporal } from '@temporalio/proto';
import type { ApiDeps } from '../deps.ts';
import type { Valkey } from '../live/valkey.ts';

const ASK_MS = 3000;
/** Stream and group of the metrics intake, whose consumers read at least every few seconds. */
/** Where digest writes every few seconds how far it is. */
const DIGEST_STATS = 'admiral:digest:stats';
const DIGEST_MAX_SILENCE_MS = 20_000;
/** A worker asks for work at least once a minute; one that has not for this long is gone. */
const POLLER_MAX_MS = 75_000;

const { TaskQueueType } = proto.temporal.api.enums.v1;

type Part = Readiness['parts'][number];

/** Asks every part that the api needs, at the same time. */
export async function checkReadiness(deps: ApiDeps): Promise<Readiness> {
  const parts = await Promise.all([
    check('postgres', 'The database does not answer.', () => deps.pool.query('SELECT 1')),
    check('valkey', 'Valkey does not answer.', () => deps.valkey.ping()),
    check('temporal', 'The workflow engine does not answer.', () =>
      deps.temporal.withDeadline(Date.now() + ASK_MS, () =>
        deps.temporal.workflowService.describeNamespace({ namespace: deps.temporal.options.namespace }),
      ),
    ),
    check('workflow-worker', 'No workflow worker asks for work.', () =>
      requirePoller(deps, WORKFLOW_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
    ),
    check('ansible-worker', 'No Ansible worker asks for work.', () =>
      requirePoller(deps, ANSIBLE_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
    ),
    check('digest', 'No digest reads the reports.', () => requireDigest(deps.valkey)),
  ]);
  return { ready: parts.every((part) => part.ready), parts };
}

async function check(name: string, message: string, ask: () => Promise<unknown>): Promise<Part> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('no answer in time'));
    }, ASK_MS + 500);
  });
  try {
    await Promise.race([ask(), late]);
    return { name, ready: true, message: 'ready' };
  } catch {
    return { name, ready: false, message };
  } finally {
    clearTimeout(timer);
  }
}

async function requirePoller(
  deps: ApiDeps,
  queue: string,
  taskQueueType: temporal.api.enums.v1.TaskQueueType,
): Promise<void> {
  const { pollers } = await deps.temporal.withDeadline(Date.now() + ASK_MS, () =>
    deps.temporal.workflowService.describeTaskQueue({
      namespace: deps.temporal.options.namespace,
      taskQueue: { name: queue },
      taskQueueType,
    }),
  );
  const oldest = Date.now() - POLLER_MAX_MS;
  const isLive = pollers.some((poller) => Number(poller.lastAccessTime?.seconds ?? 0) * 1000 > oldest);
  if (!isLive) throw new Error('no poller');
}

async function requireDigest(valkey: Valkey): Promise<void> {
  const { updated_at: updatedAt = '' } = await valkey.hgetall(DIGEST_STATS);
  if (!(Date.now() - Date.parse(updatedAt) < DIGEST_MAX_SILENCE_MS)) throw new Error('no digest');
}
