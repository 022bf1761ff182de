import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PoolConfig } from 'pg';
import { freePort } from '#cli/engines/free-port.ts';
import { connectOwner, OWNER_ROLE, postgresCommand, waitForPostgres } from '#cli/engines/postgres.ts';
import { postgresBinaries } from '#cli/engines/postgres-binaries.ts';
import { runCommand } from '#common/process/run-command.ts';
import { endWithParent } from './end-with-parent.ts';
import { postgresTemplate, TEMPLATE_DATABASE, type TestPasswords } from './postgres-template.ts';
import { makeTempFolder } from './temp-folder.ts';
import { startTestProcess, type TestProcess } from './test-process.ts';

export interface TestDatabase {
  name: string;
  /** Connections as the role that owns every table. */
  owner: PoolConfig;
  /** Connections as `admiral_service`, the role of api and Ansible worker. */
  service: PoolConfig;
  /** Connections as `admiral_metrics`, the role of ingest and digest. */
  metrics: PoolConfig;
  drop: () => Promise<void>;
}

export interface TestPostgres {
  host: string;
  port: number;
  ownerPassword: string;
  passwords: TestPasswords;
  /** A database of its own with all migrations applied, in a few milliseconds; partitions are made for today. */
  createDatabase: () => Promise<TestDatabase>;
  /** `kill -9` of the server; `restart` brings it back with the same port and data. */
  kill: () => Promise<void>;
  restart: () => Promise<void>;
  stop: () => Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * A real Postgres in a temporary folder, with `fsync` off, on a free port of loopback. It ends with the test process, also
 * when that is killed. Starts from a data folder under `.cache` that holds the migrated template database.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const template = await postgresTemplate();
  const folder = await makeTempFolder('postgres');
  const dataDir = join(folder, 'data');
  await runCommand('cp', ['-a', '--reflink=auto', '--', template.dataDir, dataDir]);
  const port = await freePort();
  const { passwords } = template;
  const connection = { port, ownerPassword: passwords.admiral_owner };
  let server = await startServer(folder, dataDir, connection);

  const config = (role: keyof TestPasswords, database: string): PoolConfig => ({
    host: HOST,
    port,
    user: role,
    password: passwords[role],
    database,
    options: '-c TimeZone=UTC',
  });

  return {
    host: HOST,
    port,
    ownerPassword: passwords.admiral_owner,
    passwords,
    createDatabase: async () => {
      const name = `t_${randomBytes(6).toString('hex')}`;
      await asOwner(connection, 'postgres', `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`);
      await asOwner(connection, name, 'SELECT admiral.ensure_partitions()');
      return {
        name,
        owner: config(OWNER_ROLE, name),
        service: config('admiral_service', name),
        metrics: config('admiral_metrics', name),
        drop: () => asOwner(connection, 'postgres', `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
      };
    },
    kill: () => server.end('SIGKILL'),
    restart: async () => {
      await server.end('SIGINT');
      server = await startServer(folder, dataDir, connection);
    },
    stop: async () => {
      await server.end('SIGQUIT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the server; after a `kill -9` the backends of the old one may hold its shared memory for a moment, so it tries again. */
async function startServer(
  folder: string,
  dataDir: string,
  connection: { port: number; ownerPassword: string },
): Promise<TestProcess> {
  const command = postgresCommand(dataDir, connection.port, ['fsync=off', 'full_page_writes=off']);
  const at = command.indexOf(postgresBinaries().postgres);
  const full = [...command.slice(0, at), ...endWithParent(command.slice(at), 'QUIT')];
  const deadline = Date.now() + 60_000;
  for (;;) {
    const server = startTestProcess(full, join(folder, 'postgres.log'));
    const ready = waitForPostgres(connection, 30_000).then(
      () => true as const,
      (error: unknown) => error,
    );
    const answer = await Promise.race([ready, server.ended]);
    if (answer === true) return server;
    await server.end('SIGKILL');
    if (Date.now() > deadline) throw new Error(`Postgres did not start: ${await server.logTail()}`);
  }
}

async function asOwner(
  connection: { port: number; ownerPassword: string },
  database: string,
  statement: string,
): Promise<void> {
  const client = await connectOwner(connection, database);
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
