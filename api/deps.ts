import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import type { Sealer } from '#common/crypto/seal.ts';
import type { Database } from '#common/db/prisma.ts';
import type { Logger } from '#common/logging/logger.ts';
import type { Throttle } from './auth/throttle.ts';
import type { Publish, Valkey } from './live/valkey.ts';

/** Everything that the api works with; made in `start-api.ts`, or by a test. */
export interface ApiDeps {
  /** The one address that browsers use: origin checks, cookies and links. */
  publicUrl: URL;
  version: string;
  /** The data folder of the installation. */
  home: string;
  /** Certificate authority of the front door, where it is not one that everybody knows. */
  caFile: string | undefined;
  /** The `ansible/` folder of the installation. */
  ansibleDir: string;
  /** Servers with `sshHost: 'local'` and the playbooks of `tests/playbooks` exist. */
  testLocalTargets: boolean;
  masterKey: Buffer;
  sealer: Sealer;
  /** What the front door sends as `X-Admiral-Proxy`. */
  proxySecret: string;
  db: Database;
  pool: Pool;
  valkey: Valkey;
  publish: Publish;
  throttle: Throttle;
  temporal: Client;
  logger: Logger;
  now: () => Date;
}
