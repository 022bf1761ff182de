import type { Redis } from 'ioredis';
import { channels } from '#common/contracts/live.ts';
import type { Logger } from '#common/logging/logger.ts';
import type { ServerDirectory } from './server-directory.ts';

/**
 * Forgets a server at once when its change is announced. After every loss of the connection all entries count as stale, as
 * an announcement may have been missed.
 */
export function watchServers(subscriber: Redis, directory: ServerDirectory, logger: Logger): void {
  subscriber.on('message', (channel: string, message: string) => {
    if (channel === channels.serversChanged) void directory.forget(readServerId(message));
  });
  const subscribe = () => {
    subscriber
      .subscribe(channels.serversChanged)
      .then(() => directory.forget('*'))
      .catch((error: unknown) => {
        logger.warn({ err: error }, 'changes of servers are not heard: they are seen when their cache entries end');
      });
  };
  subscriber.on('ready', subscribe);
  if (subscriber.status === 'ready') subscribe();
}

/** The id as JSON, as everybody publishes; a bare one is understood too. */
function readServerId(message: string): string {
  return message.replace(/^"(.*)"$/, '$1');
}
