import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServerBuild } from '@remix-run/node';
import { loadAppConfig } from '#common/config/parts.ts';
import { createLogger } from '#common/logging/logger.ts';
import { runPart } from '#common/process/part.ts';
import { createAppServer } from './create-app-server.ts';
import { findBuild } from './find-build.ts';

const config = loadAppConfig();
const logger = createLogger('app', config.ADMIRAL_LOG_LEVEL);

await runPart(logger, async () => {
  const folder = findBuild(import.meta.dirname);
  const build = (await import(pathToFileURL(join(folder, 'server', 'index.js')).href)) as ServerBuild;
  const app = createAppServer({
    build,
    clientFolder: join(folder, 'client'),
    apiUrl: config.API_URL,
    publicUrl: config.ADMIRAL_PUBLIC_URL,
  });
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.ADMIRAL_PORT, config.ADMIRAL_BIND, resolve);
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
});
