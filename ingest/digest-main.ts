import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { loadDigestConfig } from '#common/config/parts.ts';
import { createPool, poolConfig } from '#common/db/pool.ts';
import { createLogger } from '#common/logging/logger.ts';
import { runPart } from '#common/process/part.ts';
import { Digest } from './digest/digest.ts';
import { EntryQueue } from './digest/entry-queue.ts';
import { createValkeyClient } from './stream/valkey-client.ts';

const config = loadDigestConfig();
const logger = createLogger('digest', config.ADMIRAL_LOG_LEVEL, Object.values(config.secrets));

await runPart(logger, () => {
  const pool = createPool(poolConfig(config, 2));
  const valkey = createValkeyClient(config, logger, 'digest', { enableOfflineQueue: true });
  // It waits in XREADGROUP; a connection that says nothing for much longer than that wait is dead.
  const reader = createValkeyClient(config, logger, 'digest-reader', {
    enableOfflineQueue: true,
    commandTimeout: 15_000,
  });
  const consumer = `${hostname()}-${String(process.pid)}-${randomBytes(4).toString('hex')}`;
  const queue = new EntryQueue(reader, valkey, { consumer });
  const digest = new Digest({ pool, valkey, queue, logger, keepDays: config.ADMIRAL_METRICS_KEEP_DAYS });
  const running = digest.run();

  return Promise.resolve({
    stop: async () => {
      digest.stop();
      await running;
      await queue.leave().catch(() => undefined);
      reader.disconnect();
      valkey.disconnect();
      await pool.end();
    },
  });
});
