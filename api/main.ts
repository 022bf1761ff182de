import { loadApiConfig } from '#common/config/parts.ts';
import { createLogger } from '#common/logging/logger.ts';
import { runPart } from '#common/process/part.ts';
import { startApi } from './start-api.ts';

const config = loadApiConfig();
const logger = createLogger('api', config.ADMIRAL_LOG_LEVEL, Object.values(config.secrets));

await runPart(logger, async () => {
  const api = await startApi(config, logger);
  return { stop: () => api.stop() };
});
