import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { loadWorkflowWorkerConfig } from '#common/config/parts.ts';
import { createLogger } from '#common/logging/logger.ts';
import { runPart } from '#common/process/part.ts';
import { WORKFLOW_QUEUE } from '#workflows/task-queues.ts';
import { connectPatiently } from './temporal/connect-patiently.ts';
import { temporalLogger } from './temporal/temporal-logger.ts';

// Runs workflows and nothing else: no database, no key, no host. Its memory is bounded by its own cache, apart from Ansible's.
const config = loadWorkflowWorkerConfig();
const logger = createLogger('workflow-worker', config.ADMIRAL_LOG_LEVEL);

await runPart(logger, async () => {
  Runtime.install({ logger: temporalLogger(logger), shutdownSignals: [] });
  const connection = await connectPatiently(() => NativeConnection.connect({ address: config.TEMPORAL_ADDRESS }));
  const worker = await Worker.create({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: WORKFLOW_QUEUE,
    workflowBundle: { codePath: config.ADMIRAL_WORKFLOW_BUNDLE },
    maxCachedWorkflows: 500,
    shutdownGraceTime: '5 seconds',
  });
  const running = worker.run();
  running.catch((error: unknown) => {
    logger.fatal({ err: error }, 'the worker ended');
    process.exit(1);
  });
  return {
    stop: async () => {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
});
