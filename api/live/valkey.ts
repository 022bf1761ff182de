import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '#common/logging/logger.ts';

export type Valkey = Redis;
/** Publishes text as it is and other values as JSON; quietly does nothing while Valkey is away. */
export type Publish = (channel: string, value: unknown) => Promise<void>;

/**
 * A client that connects in its own time and for ever: commands fail at once while it is away, so that nothing waits for it. State changes are
 * logged once, not every attempt.
 */
export function createValkey(options: RedisOptions, logger: Logger): Valkey {
  const client = new Redis({
    ...options,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 3000,
    commandTimeout: 2000,
    retryStrategy: (times) => Math.min(100 * times, 2000),
    autoResubscribe: true,
  });
  let isAway = false;
  client.on('error', (error) => {
    if (!isAway) logger.warn({ reason: error.message }, 'valkey is away');
    isAway = true;
  });
  client.on('ready', () => {
    if (isAway) logger.info('valkey is back');
    isAway = false;
  });
  return client;
}

export function createPublish(client: Valkey, logger: Logger): Publish {
  return async (channel, value) => {
    try {
      await client.publish(channel, typeof value === 'string' ? value : JSON.stringify(value));
    } catch (error) {
      logger.debug({ err: error, channel }, 'not published');
    }
  };
}
