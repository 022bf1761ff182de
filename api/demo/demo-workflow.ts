import { WorkflowNotFoundError } from '@temporalio/client';
import { signRun } from '#common/crypto/run-authorization.ts';
import type { StoredDemo } from '#common/domain/demo/plan.ts';
import {
  demoRemovalWorkflowId,
  demoWorkflowId,
  FILL_DEMO,
  REMOVE_DEMO,
  type DemoInput,
  type FillDemoInput,
} from '#workflows/demo/messages.ts';
import { WORKFLOW_QUEUE } from '#workflows/task-queues.ts';
import type { ApiDeps } from '../deps.ts';
import { askTemporal } from '../temporal/temporal-errors.ts';

const ASK_MS = 5000;

/** Starts the workflow of the demo; harmless when it runs. Throws temporal_unavailable: ordering it again starts it then. */
export async function startDemo(deps: ApiDeps, demo: StoredDemo): Promise<void> {
  const input: FillDemoInput = { ...inputOf(deps, demo), isFilled: demo.state === 'live' };
  await start(deps, FILL_DEMO, demoWorkflowId(demo.plan.id), input);
}

/** Cancels the demo's workflow, which then removes it; where that has ended, another one does. */
export async function endDemo(deps: ApiDeps, demo: StoredDemo): Promise<void> {
  const { temporal } = deps;
  try {
    await askTemporal(() =>
      temporal.withDeadline(Date.now() + ASK_MS, () =>
        temporal.workflow.getHandle(demoWorkflowId(demo.plan.id)).cancel(),
      ),
    );
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    await start(deps, REMOVE_DEMO, demoRemovalWorkflowId(demo.plan.id), inputOf(deps, demo));
  }
}

function inputOf({ masterKey }: ApiDeps, { plan }: StoredDemo): DemoInput {
  const { id: planId, servers, days, originMs } = plan;
  return { planId, authorization: signRun(masterKey, { kind: 'demo', planId, servers, days, originMs }) };
}

async function start({ temporal }: ApiDeps, type: string, workflowId: string, input: DemoInput): Promise<void> {
  await askTemporal(() =>
    temporal.withDeadline(Date.now() + ASK_MS, () =>
      temporal.workflow.start(type, {
        workflowId,
        taskQueue: WORKFLOW_QUEUE,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    ),
  );
}
