import type { Logger } from '#common/logging/logger.ts';

/** What the starter sends to a part over the process channel. */
export interface StopMessage {
  type: 'stop';
  /** Leave the supervisors of runs alive for the next start. */
  keepRuns: boolean;
}

export interface RunningPart {
  /** Ends the part's work; called once. `message` is given when the starter asked by message rather than by signal. */
  stop: (message?: StopMessage) => Promise<void>;
}

/** Longest time a part may take to end before it ends itself the hard way. */
const STOP_TIMEOUT_MS = 12_000;

/**
 * Runs one part of an installation: starts it, says `ready` on the process channel, ends it on SIGTERM, SIGINT, a stop message, or
 * when the starter is gone (the channel closes). A failed start is logged with its message and ends with status 1.
 */
export async function runPart(logger: Logger, start: () => Promise<RunningPart>): Promise<void> {
  let part: RunningPart | undefined;
  let ending = false;
  const end = (message?: StopMessage) => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    void (async () => {
      try {
        await part?.stop(message);
        process.exit(0);
      } catch (error) {
        logger.error({ err: error }, 'the part did not end cleanly');
        process.exit(1);
      }
    })();
  };
  process.on('SIGTERM', () => {
    end();
  });
  process.on('SIGINT', () => undefined); // Ctrl-C reaches the whole group; the starter decides.
  process.on('disconnect', () => {
    end();
  });
  process.on('message', (message: unknown) => {
    if (isStopMessage(message)) end(message);
  });
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    process.exit(1);
  });
  try {
    part = await start();
    process.send?.({ type: 'ready' });
    logger.info('ready');
  } catch (error) {
    logger.fatal({ err: error }, 'could not start');
    process.exit(1);
  }
}

function isStopMessage(message: unknown): message is StopMessage {
  return typeof message === 'object' && message !== null && (message as { type?: unknown }).type === 'stop';
}
