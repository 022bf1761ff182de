import { WorkflowNotFoundError } from '@temporalio/client';
import type { DeploymentHistory } from '#common/contracts/deployments.ts';
import type { ById } from '../http/params.ts';
import type { Context } from '../http/route.ts';
import { askTemporal } from '../temporal/temporal-errors.ts';
import { describeHistory, reasonOf } from './describe-history.ts';
import { requireDeployment } from './get-deployment.ts';

const READ_MS = 8000;

/** The history of a deployment's workflow, for people. A deployment that never started, or is too old, has none. */
export async function readHistory({ deps, params }: Context<ById>): Promise<DeploymentHistory> {
  await requireDeployment(deps, params.id);
  const { temporal } = deps;
  const handle = temporal.workflow.getHandle(params.id);
  const namespace = encodeURIComponent(temporal.options.namespace);
  const workflowUrl = `/temporal/namespaces/${namespace}/workflows/${params.id}`;
  try {
    const [description, history] = await askTemporal(() =>
      temporal.withDeadline(Date.now() + READ_MS, () => Promise.all([handle.describe(), handle.fetchHistory()])),
    );
    const pending = (description.raw.pendingActivities ?? []).map((activity) => ({
      activityId: activity.activityId ?? '',
      attempt: activity.attempt ?? 1,
      lastFailure: reasonOf(activity.lastFailure),
    }));
    return {
      workflowId: params.id,
      runId: description.runId,
      state: description.status.name.toLowerCase(),
      temporalUrl: `${workflowUrl}/${description.runId}/history`,
      entries: describeHistory(history.events ?? [], pending),
    };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return { workflowId: params.id, runId: null, state: 'not_started', temporalUrl: workflowUrl, entries: [] };
  }
}
