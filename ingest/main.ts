import type { AddressInfo } from 'node:net';
import { loadIngestConfig } from '#common/config/parts.ts';
import { createPool, poolConfig } from '#common/db/pool.ts';
import { createLogger } from '#common/logging/logger.ts';
import { runPart } from '#common/process/part.ts';
import { findServer } from './identity/find-server.ts';
import { ServerCache } from './identity/server-cache.ts';
import { ServerDirectory } from './identity/server-directory.ts';
import { UnknownThrottle } from './identity/unknown-throttle.ts';
import { watchServers } from './identity/watch-servers.ts';
import { createIntakeServer } from './intake/server.ts';
import { ReportStream } from './stream/report-stream.ts';
import { createValkeyClient, untilReady } from './stream/valkey-client.ts';

const config = loadIngestConfig();
const logger = createLogger('ingest', config.ADMIRAL_LOG_LEVEL, Object.values(config.secrets));

await runPart(logger, async () => {
  const pool = createPool({ ...poolConfig(config, 5), connectionTimeoutMillis: 3000, statement_timeout: 5000 });
  const valkey = createValkeyClient(config, logger, 'ingest', { enableAutoPipelining: true, commandTimeout: 3000 });
  const subscriber = createValkeyClient(config, logger, 'ingest-changes', {
    autoResubscribe: false,
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
  });
  const directory = new ServerDirectory({
    findServer: (serverId) => findServer(pool, serverId),
    cache: new ServerCache(valkey),
    ttlSeconds: config.SERVER_ID_CACHE_TTL,
  });
  watchServers(subscriber, directory, logger);
  const server = createIntakeServer({
    logger,
    directory,
    throttle: new UnknownThrottle(),
    stream: new ReportStream(valkey),
    acceptsReportsWithoutToken: config.ADMIRAL_ACCEPT_REPORTS_WITHOUT_TOKEN,
    proxySecret: config.secrets.proxySecret,
  });
  // Where Valkey is away, reports are answered with 503 until it comes.
  await Promise.race([untilReady(valkey), new Promise((resolve) => setTimeout(resolve, 3000).unref())]);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.ADMIRAL_PORT, config.ADMIRAL_BIND, resolve);
  });
  logger.info({ port: (server.address() as AddressInfo).port }, 'takes reports');

  return {
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      setTimeout(() => {
        server.closeAllConnections();
      }, 5000).unref();
      await closed;
      subscriber.disconnect();
      valkey.disconnect();
      await pool.end();
    },
  };
});
