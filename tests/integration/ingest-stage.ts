import { randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { freePort } from '#cli/engines/free-port.ts';
import { VALKEY_USERS, valkeyAcl, type ValkeyUser } from '#cli/engines/valkey-acl.ts';
import { channels } from '#common/contracts/live.ts';
import { createPool } from '#common/db/pool.ts';
import { hashToken } from '#common/crypto/tokens.ts';
import { startPart, type PartProcess } from '#tests/support/part-process.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '#tests/support/postgres.ts';
import { makeTempFolder } from '#tests/support/temp-folder.ts';
import { startTestValkey, type TestValkey } from '#tests/support/valkey.ts';

/** A server that may report, and its token. */
export interface Reporter {
  id: string;
  serverId: string;
  token: string;
}

export interface IngestStage {
  postgres: TestPostgres;
  valkey: TestValkey;
  database: TestDatabase;
  /** Rows as the owner of the tables. */
  pool: pg.Pool;
  /** As the user `default`, who may do everything. */
  redis: Redis;
  startIngest: (settings?: Record<string, string>) => Promise<PartProcess & { url: string }>;
  startDigest: (settings?: Record<string, string>) => Promise<PartProcess>;
  addServer: (given?: { serverId?: string; allowReportsWithoutToken?: boolean }) => Promise<Reporter>;
  /** What the api does after it changed a server. */
  announce: (serverId: string) => Promise<void>;
  proxySecret: string;
  stop: () => Promise<void>;
}

/** Real Postgres, real Valkey with the product's own access rules, and the processes of ingest and digest. */
export async function startIngestStage(): Promise<IngestStage> {
  const random = () => randomBytes(18).toString('base64url');
  const passwords = Object.fromEntries(VALKEY_USERS.map((user) => [user, random()])) as Record<ValkeyUser, string>;
  const acl = valkeyAcl(passwords)
    .split('\n')
    .filter((line) => line.startsWith('user ') && !line.startsWith('user default'));
  const [postgres, valkey] = await Promise.all([startTestPostgres(), startTestValkey({ acl })]);
  const database = await postgres.createDatabase();
  const folder = await makeTempFolder('ingest');
  const pool = createPool(database.owner);
  const redis = new Redis({ ...valkey.options, maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  const proxySecret = random();
  const parts: PartProcess[] = [];
  let count = 0;

  const start = async (entry: string, user: 'ingest' | 'digest', settings: Record<string, string>) => {
    count += 1;
    const part = await startPart(
      entry,
      join(folder, String(count)),
      {
        DATABASE_PORT: String(postgres.port),
        DATABASE_NAME: database.name,
        DATABASE_USER: 'admiral_metrics',
        VALKEY_PORT: String(valkey.port),
        VALKEY_USER: user,
        ...settings,
      },
      { databasePassword: postgres.passwords.admiral_metrics, valkeyPassword: passwords[user], proxySecret },
    );
    parts.push(part);
    return part;
  };

  return {
    postgres,
    valkey,
    database,
    pool,
    redis,
    proxySecret,
    startIngest: async (settings = {}) => {
      const port = String(await freePort());
      const part = await start('ingest/main.ts', 'ingest', { ADMIRAL_PORT: port, ...settings });
      return { ...part, url: `http://127.0.0.1:${port}` };
    },
    startDigest: (settings = {}) => start('ingest/digest-main.ts', 'digest', settings),
    addServer: async (given = {}) => {
      const id = randomUUID();
      const serverId = given.serverId ?? id;
      const token = `npa_${random()}`;
      await pool.query(
        `INSERT INTO admiral.servers (id, server_id, hostname, ssh_host, ssh_username, allow_reports_without_token, updated_at)
         VALUES ($1, $2, $3, '192.0.2.1', 'root', $4, now())`,
        [id, serverId, `host-${id.slice(0, 8)}`, given.allowReportsWithoutToken ?? false],
      );
      await pool.query(
        `INSERT INTO admiral.server_agent_tokens (id, server_id, fingerprint, generation) VALUES ($1, $2, $3, 1)`,
        [randomUUID(), id, hashToken(token)],
      );
      return { id, serverId, token };
    },
    announce: async (serverId) => {
      await redis.publish(channels.serversChanged, JSON.stringify(serverId));
    },
    stop: async () => {
      await Promise.all(parts.map((part) => part.end('SIGKILL')));
      redis.disconnect();
      await pool.end();
      await Promise.all([postgres.stop(), valkey.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
