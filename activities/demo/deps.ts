import type { Pool } from 'pg';
import type { Logger } from '#common/logging/logger.ts';

/** What the demo's activities work with. */
export interface DemoActivityDeps {
  pool: Pool;
  masterKey: Buffer;
  /** The front door, through which reports are sent. */
  publicUrl: string;
  /** Certificate authority of the front door, where it is not one that everybody knows. */
  caFile?: string | undefined;
  /** Tells others over Valkey; a message that is lost does no harm. */
  publish: (channel: string, value: unknown) => void;
  logger: Logger;
}

/** How an activity shows that it is alive and learns that it must end. */
export interface Pace {
  /** Steps that an earlier attempt has done. */
  begun: number;
  /** Tells how far it is; throws when the activity is cancelled. */
  beat: (step: number) => void;
  /** Waits; throws when the activity is cancelled. */
  sleep: (ms: number) => Promise<void>;
}
