import { verifyRun } from '#common/crypto/run-authorization.ts';
import { channels, type DeploymentUpdate } from '#common/contracts/live.ts';
import type { Database, Prisma } from '#common/db/prisma.ts';
import { countHosts, isFinalDeploymentState, isFinalHostState, outcomeOf } from '#common/domain/states.ts';
import type { DeploymentState, HostState } from '#common/domain/states.ts';
import type { DeployFleetActivities } from '#workflows/deploy-fleet/activities.ts';
import { requireAuthorizedDeployment } from './authorize-deployment.ts';

export interface DeploymentRecordDeps {
  database: Database;
  masterKey: Buffer;
  publish: (channel: string, update: DeploymentUpdate) => void;
}

/** The steps of `deployFleet` that only write rows. Each is harmless when it is run again. */
export function createDeploymentRecords(deps: DeploymentRecordDeps): Omit<DeployFleetActivities, 'runPlaybook'> {
  const { database, masterKey } = deps;

  const change = async (id: string, data: Prisma.DeploymentUpdateInput & { state: DeploymentState }) => {
    const row = await database.deployment.update({ where: { id }, data });
    deps.publish(channels.deployment(id), { deploymentId: id, state: data.state, reason: row.reason });
  };

  return {
    async beginDeployment(input) {
      const deployment = await requireAuthorizedDeployment(database, masterKey, input);
      const state = deployment.state as DeploymentState;
      if (isFinalDeploymentState(state)) return { kind: 'ended' };
      if (state !== 'cancelling') {
        await change(deployment.id, {
          state: 'running',
          reason: null,
          waitingFor: null,
          startedAt: deployment.startedAt ?? new Date(),
        });
      }
      return { kind: 'ready' };
    },

    async markWaitingForConfirmation(input) {
      await requireAuthorizedDeployment(database, masterKey, input);
      const hosts = String(input.hostIds.length);
      await change(input.deploymentId, {
        state: 'waiting',
        waitingFor: 'confirmation',
        reason: `${hosts} host(s) were interrupted in the middle, and this playbook is not marked safe to repeat. Continue to run it on them again, or cancel.`,
      });
    },

    async recordConfirmation(input) {
      const { actorId, expiresAtMs, authorization } = input.confirmation;
      await requireAuthorizedDeployment(database, masterKey, input);
      // The workflow may have waited for hours before it came here, so only who signed is asked, not when.
      verifyRun(
        masterKey,
        { kind: 'confirmation', deploymentId: input.deploymentId, actorId, expiresAtMs },
        authorization,
        Math.min(Date.now(), expiresAtMs),
      );
      await change(input.deploymentId, { state: 'running', waitingFor: null, reason: null });
    },

    async finishDeployment(input) {
      const deployment = await requireAuthorizedDeployment(database, masterKey, input);
      if (isFinalDeploymentState(deployment.state as DeploymentState)) return;
      const now = new Date();
      const states = deployment.servers.map((host) => endState(host.state as HostState));
      await database.$transaction(
        deployment.servers
          .filter((host) => !isFinalHostState(host.state as HostState))
          .map((host) =>
            database.deploymentServer.update({
              where: { deploymentId_serverId: { deploymentId: deployment.id, serverId: host.serverId } },
              data: {
                state: endState(host.state as HostState),
                reason: input.cancelled ? 'cancelled before it ended' : (input.failure ?? host.reason),
                currentTask: null,
                finishedAt: now,
              },
            }),
          ),
      );
      const counts = countHosts(states);
      const state = input.failure === undefined ? outcomeOf(counts, input.cancelled) : 'failed';
      await change(deployment.id, { state, reason: input.failure ?? null, waitingFor: null, finishedAt: now });
    },
  };
}

/** What a host without a final result becomes when its deployment ends: never started is skipped, anything else is unknown. */
function endState(state: HostState): HostState {
  if (isFinalHostState(state)) return state;
  return state === 'pending' ? 'skipped' : 'unknown';
}
