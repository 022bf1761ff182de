import { createServer } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { createPool, poolConfig } from '#common/db/pool.ts';
import { createPrisma } from '#common/db/prisma.ts';
import type { ApiConfig } from '#common/config/parts.ts';
import { parseMasterKey } from '#common/crypto/keys.ts';
import { createSealer } from '#common/crypto/seal.ts';
import type { Logger } from '#common/logging/logger.ts';
import { createThrottle } from './auth/throttle.ts';
import { createApp } from './create-app.ts';
import type { ApiDeps } from './deps.ts';
import { startLive } from './live/start-live.ts';
import { createPublish, createValkey } from './live/valkey.ts';
import { startChores } from './start-chores.ts';

export interface RunningApi {
  port: number;
  stop: () => Promise<void>;
}

/** The whole api, listening. It starts and stays up while Postgres, Valkey or Temporal are away. */
export async function startApi(config: ApiConfig, logger: Logger): Promise<RunningApi> {
  const masterKey = parseMasterKey(config.secrets.masterKey);
  const now = () => new Date();
  const valkeyOptions = {
    host: config.VALKEY_HOST,
    port: config.VALKEY_PORT,
    username: config.VALKEY_USER,
    password: config.secrets.valkeyPassword,
  };
  const valkey = createValkey(valkeyOptions, logger);
  const subscriber = createValkey(valkeyOptions, logger);
  const db = createPrisma(poolConfig(config, 12));
  const pool = createPool(poolConfig(config, 6));
  const connection = Connection.lazy({ address: config.TEMPORAL_ADDRESS, connectTimeout: '3s' });
  const deps: ApiDeps = {
    publicUrl: new URL(config.ADMIRAL_PUBLIC_URL),
    version: config.ADMIRAL_VERSION,
    home: config.ADMIRAL_HOME,
    caFile: config.ADMIRAL_CA_FILE,
    ansibleDir: config.ADMIRAL_ANSIBLE_DIR,
    testLocalTargets: config.ADMIRAL_TEST_LOCAL_TARGETS,
    masterKey,
    sealer: createSealer(masterKey),
    proxySecret: config.secrets.proxySecret,
    db,
    pool,
    valkey,
    publish: createPublish(valkey, logger),
    throttle: createThrottle(valkey, now),
    temporal: new Client({ connection, namespace: config.TEMPORAL_NAMESPACE }),
    logger,
    now,
  };
  const server = createServer({ requestTimeout: 120_000, headersTimeout: 20_000 }, createApp(deps));
  const live = startLive(deps, server, subscriber);
  const chores = startChores(deps);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.ADMIRAL_PORT, config.ADMIRAL_BIND, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : config.ADMIRAL_PORT,
    stop: async () => {
      chores.stop();
      server.closeIdleConnections();
      const cut = setTimeout(() => {
        server.closeAllConnections();
      }, 3000);
      await live.stop();
      clearTimeout(cut);
      await chores.ended();
      valkey.disconnect();
      subscriber.disconnect();
      await Promise.allSettled([db.$disconnect(), pool.end(), connection.close()]);
    },
  };
}
