import type pg from 'pg';
import { channels } from '#common/contracts/live.ts';
import type { WorkerConfig } from '#common/config/parts.ts';
import { createSealer } from '#common/crypto/seal.ts';
import type { Database } from '#common/db/prisma.ts';
import { isFinalDeploymentState, type DeploymentState } from '#common/domain/states.ts';
import type { Logger } from '#common/logging/logger.ts';
import type { DemoActivities } from '#workflows/demo/activities.ts';
import type { DeployFleetActivities } from '#workflows/deploy-fleet/activities.ts';
import type { TestConnectionActivities } from '#workflows/test-connection/activities.ts';
import { createPgRunRecords } from './ansible/pg-run-records.ts';
import { createRunStore } from './ansible/run-folder.ts';
import { createRunWriter } from './ansible/run-writer.ts';
import { createRuns, type Runs } from './ansible/runs.ts';
import { createDemoActivities } from './demo/demo-activities.ts';
import { withFailures } from './failures.ts';
import { requireAuthorizedDeployment } from './records/authorize-deployment.ts';
import { createDeploymentRecords } from './records/deployment-records.ts';
import { createRunPlanLoader } from './records/load-run-plan.ts';
import { createTestConnection } from './ssh/test-connection.ts';

export interface ActivityDeps {
  config: WorkerConfig;
  masterKey: Buffer;
  pool: pg.Pool;
  database: Database;
  logger: Logger;
  publish: (channel: string, value: unknown) => void;
}

export interface Activities {
  activities: DeployFleetActivities & TestConnectionActivities & DemoActivities;
  runs: Runs;
  /** Whether a deployment has ended, or is gone: its run folder may go. */
  isOver: (deploymentId: string) => Promise<boolean>;
  /** Ends the long activities that the next worker goes on with. */
  endDemo: () => void;
}

/** All activities of the Ansible worker, from what its main file built. */
export function createActivities(deps: ActivityDeps): Activities {
  const { config, masterKey, database, logger, publish } = deps;
  const sealer = createSealer(masterKey);
  const shared = {
    database,
    masterKey,
    sealer,
    publicUrl: config.ADMIRAL_PUBLIC_URL,
    caFile: config.ADMIRAL_CA_FILE,
    allowLocalTargets: config.ADMIRAL_TEST_LOCAL_TARGETS,
  };
  const records = createPgRunRecords(deps.pool);
  const runs = createRuns({
    store: createRunStore(config.ADMIRAL_HOME),
    records,
    writer: createRunWriter({
      records,
      publish: (update) => publish(channels.deployment(update.deploymentId), update),
      logger,
    }),
    settings: {
      ansibleDir: config.ADMIRAL_ANSIBLE_DIR,
      ansiblePlaybook: config.ADMIRAL_ANSIBLE_PLAYBOOK,
      python: config.ADMIRAL_PYTHON,
    },
    authorize: async (input) => {
      await requireAuthorizedDeployment(database, masterKey, input);
    },
    loadPlan: createRunPlanLoader({
      ...shared,
      catalogue: { ansibleDir: config.ADMIRAL_ANSIBLE_DIR, testLocalTargets: config.ADMIRAL_TEST_LOCAL_TARGETS },
    }),
    logger,
  });
  const ending = new AbortController();
  const demo = { pool: deps.pool, masterKey, publicUrl: shared.publicUrl, caFile: shared.caFile, publish, logger };
  const activities = {
    ...createDemoActivities(demo, ending.signal),
    ...createDeploymentRecords({ database, masterKey, publish }),
    ...createTestConnection({ ...shared, serverChanged: (serverId) => publish(channels.serversChanged, serverId) }),
    runPlaybook: runs.runPlaybook,
  };
  return {
    activities: withFailures(activities, (activity, error) =>
      logger.warn({ activity, err: error }, 'an activity failed'),
    ),
    runs,
    endDemo: () => {
      ending.abort();
    },
    isOver: async (deploymentId) => {
      const row = await database.deployment.findUnique({ where: { id: deploymentId }, select: { state: true } });
      return !row || isFinalDeploymentState(row.state as DeploymentState);
    },
  };
}
