import { isGrpcDeadlineError, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ConnectionReport } from '#common/contracts/servers.ts';
import { signRun } from '#common/crypto/run-authorization.ts';
import { WORKFLOW_QUEUE } from '#workflows/task-queues.ts';
import {
  connectionTestWorkflowId,
  TEST_CONNECTION,
  type TestConnectionInput,
} from '#workflows/test-connection/messages.ts';
import type { ById } from '../http/params.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { askTemporal, isTemporalAway, temporalUnavailable } from '../temporal/temporal-errors.ts';
import { lockServer } from './lock-server.ts';
import { nameOf } from './present.ts';

const AUTHORIZED_FOR_MS = 5 * 60_000;
const WAIT_MS = 60_000;
const START_MS = 5000;

/** Runs the connection test (or joins the one that runs) and gives its report, which is on the server's row by then. */
export async function testConnection({ deps, params, actor, change }: Context<ById>): Promise<ConnectionReport> {
  await change(async (tx, audit) => {
    const server = await lockServer(tx, params.id);
    if (server.watchOnly || server.isDemo) {
      throw new RefusedError('servers_not_ready', `${nameOf(server)} is only watched: no connection is made to it.`);
    }
    await audit({
      action: 'server.test_connection',
      objectKind: 'server',
      objectId: params.id,
      objectName: nameOf(server),
    });
  });
  const actorId = actor.kind === 'user' ? actor.id : null;
  const claim = { serverId: params.id, actorId, expiresAtMs: deps.now().getTime() + AUTHORIZED_FOR_MS };
  const authorization = signRun(deps.masterKey, { kind: 'connection-test', ...claim });
  const input: TestConnectionInput = { ...claim, authorization };
  const workflowId = connectionTestWorkflowId(params.id);
  const handle = await askTemporal(() =>
    deps.temporal.withDeadline(Date.now() + START_MS, () =>
      deps.temporal.workflow.start(TEST_CONNECTION, {
        workflowId,
        taskQueue: WORKFLOW_QUEUE,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowExecutionTimeout: '5 minutes',
      }),
    ),
  );
  return ConnectionReport.parse(
    await awaitReport(handle, (wait) => deps.temporal.withDeadline(Date.now() + WAIT_MS, wait)),
  );
}

async function awaitReport(
  handle: WorkflowHandle,
  withDeadline: (wait: () => Promise<unknown>) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await withDeadline(() => handle.result());
  } catch (error) {
    if (error instanceof WorkflowFailedError) {
      throw new RefusedError(
        'connection_test_failed',
        'The connection test itself failed: its history in the workflow engine says why. Try again.',
      );
    }
    if (isGrpcDeadlineError(error)) {
      throw new RefusedError(
        'connection_test_timeout',
        'The connection test has no result after 60 s. Either no worker is running ("admiral status" shows it) or the host answers very slowly; the result will appear on the server when it comes.',
      );
    }
    if (isTemporalAway(error)) throw temporalUnavailable();
    throw error;
  }
}
