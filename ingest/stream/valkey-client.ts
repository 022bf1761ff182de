import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '#common/logging/logger.ts';

export interface ValkeySettings {
  VALKEY_HOST: string;
  VALKEY_PORT: number;
  VALKEY_USER: string;
  secrets: { valkeyPassword: string };
}

/**
 * A connection that comes back by itself, at most 2 s after the server does. Commands given while it is away fail at once
 * unless `options` say otherwise. Lost connections are logged once, not once per try.
 */
export function createValkeyClient(
  settings: ValkeySettings,
  logger: Logger,
  purpose: string,
  options: RedisOptions = {},
): Redis {
  const client = new Redis({
    host: settings.VALKEY_HOST,
    port: settings.VALKEY_PORT,
    username: settings.VALKEY_USER,
    password: settings.secrets.valkeyPassword,
    connectionName: purpose,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 3000,
    commandTimeout: 5000,
    retryStrategy: (times) => Math.min(2000, 50 * 2 ** Math.min(times, 6)),
    ...options,
  });
  let isAway = false;
  client.on('error', (error: Error) => {
    if (!isAway) logger.warn({ purpose, reason: error.message }, 'Valkey is away');
    isAway = true;
  });
  client.on('ready', () => {
    if (isAway) logger.info({ purpose }, 'Valkey is back');
    isAway = false;
  });
  return client;
}

/** Resolves when the connection takes commands. */
export function untilReady(client: Redis): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((resolve) =>
    client.once('ready', () => {
      resolve();
    }),
  );
}
