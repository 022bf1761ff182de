import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { Redis } from 'ioredis';
import { loadWorkerConfig } from '#common/config/parts.ts';
import { parseMasterKey } from '#common/crypto/keys.ts';
import { createPool, poolConfig } from '#common/db/pool.ts';
import { createPrisma } from '#common/db/prisma.ts';
import { createLogger } from '#common/logging/logger.ts';
import { runPart } from '#common/process/part.ts';
import { ANSIBLE_QUEUE } from '#workflows/task-queues.ts';
import { createActivities } from './create-activities.ts';
import { connectPatiently } from './temporal/connect-patiently.ts';
import { temporalLogger } from './temporal/temporal-logger.ts';

// Everything with an effect: runs of Ansible, SSH, the rows of deployments. Holds the master key; workflows run elsewhere.
const config = loadWorkerConfig();
const masterKey = parseMasterKey(config.secrets.masterKey);
const logger = createLogger('ansible-worker', config.ADMIRAL_LOG_LEVEL, Object.values(config.secrets));

await runPart(logger, async () => {
  Runtime.install({ logger: temporalLogger(logger), shutdownSignals: [] });
  const pool = createPool(poolConfig(config));
  const database = createPrisma(poolConfig(config, 5));
  const valkey = new Redis({
    host: config.VALKEY_HOST,
    port: config.VALKEY_PORT,
    username: config.VALKEY_USER,
    password: config.secrets.valkeyPassword,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(100 * times, 2000),
  });
  valkey.on('error', (error) => logger.debug({ err: error }, 'valkey is away'));
  const { activities, runs, isOver, endDemo } = createActivities({
    config,
    masterKey,
    pool,
    database,
    logger,
    // Live updates only: what is published is in the database already, and readers fill gaps from there.
    publish: (channel, value) => void valkey.publish(channel, JSON.stringify(value)).catch(() => undefined),
  });
  await runs.hold();
  const connection = await connectPatiently(() => NativeConnection.connect({ address: config.TEMPORAL_ADDRESS }));
  const worker = await Worker.create({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: ANSIBLE_QUEUE,
    activities,
    shutdownGraceTime: '9 seconds',
    // A cancel reaches an activity in the answer to a heartbeat: it must not wait long for the next one.
    maxHeartbeatThrottleInterval: '500 milliseconds',
    defaultHeartbeatThrottleInterval: '500 milliseconds',
  });
  const running = worker.run();
  running.catch((error: unknown) => {
    logger.fatal({ err: error }, 'the worker ended');
    process.exit(1);
  });
  const sweep = () => {
    runs.sweep(isOver).catch((error: unknown) => logger.warn({ err: error }, 'run folders could not be swept'));
  };
  const sweeping = setInterval(sweep, 60_000);
  sweep();
  return {
    stop: async (message) => {
      clearInterval(sweeping);
      endDemo();
      await runs.stopAll(message ? (message.keepRuns ? 'keep' : 'interrupt') : 'handOver');
      worker.shutdown();
      await running;
      await connection.close();
      valkey.disconnect();
      await Promise.all([pool.end(), database.$disconnect()]);
    },
  };
});
