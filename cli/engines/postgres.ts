import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { basicEnvironment, runCommand } from '#common/process/run-command.ts';
import { asOrdinaryUser, postgresBinaries } from './postgres-binaries.ts';

/** The bootstrap role: migrates and owns every table. Only the starter has its password. */
export const OWNER_ROLE = 'admiral_owner';
/** The log-in roles of the services; see the first migration for what they may do. */
export const SERVICE_ROLES = ['admiral_service', 'admiral_metrics'] as const;
export type ServiceRole = (typeof SERVICE_ROLES)[number];
export const DATABASE = 'admiral';

/**
 * Makes an empty cluster in `dataDir` (which must not exist or be empty) whose owner role has the given password. It is made
 * beside and moved into its place when it is whole: killed in between, nothing half-made is taken for a cluster.
 */
export async function initPostgres(dataDir: string, ownerPassword: string): Promise<void> {
  const half = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, ownerPassword, { mode: 0o600 });
  try {
    const [file = '', ...args] = asOrdinaryUser([
      postgresBinaries().initdb,
      `--pgdata=${half}`,
      `--username=${OWNER_ROLE}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--locale=C.UTF-8',
      '--no-sync',
    ]);
    await runCommand(file, args, { env: { ...basicEnvironment(), LC_ALL: 'C.UTF-8' }, timeoutMs: 120_000 });
    await rename(half, dataDir);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

export function isPostgresInitialised(dataDir: string): boolean {
  return existsSync(join(dataDir, 'PG_VERSION'));
}

/** The command line of a server on loopback alone, without Unix sockets. Extra settings as `name=value`. */
export function postgresCommand(dataDir: string, port: number, settings: readonly string[] = []): string[] {
  const all = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'timezone=UTC',
    'log_timezone=UTC',
    'max_connections=200',
    'shared_buffers=128MB',
    'log_min_error_statement=panic',
    'log_parameter_max_length_on_error=0',
    ...settings,
  ];
  return asOrdinaryUser([
    postgresBinaries().postgres,
    '-D',
    dataDir,
    '-p',
    String(port),
    ...all.flatMap((s) => ['-c', s]),
  ]);
}

export interface OwnerConnection {
  port: number;
  ownerPassword: string;
}

/** A short-lived connection of the owner; the caller ends it. */
export async function connectOwner(connection: OwnerConnection, database = 'postgres'): Promise<pg.Client> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: connection.port,
    user: OWNER_ROLE,
    password: connection.ownerPassword,
    database,
    connectionTimeoutMillis: 2000,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Waits until the server answers queries; throws the last error when the time is over. */
export async function waitForPostgres(connection: OwnerConnection, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      const client = await connectOwner(connection);
      await client.end();
      return;
    } catch (error) {
      const wrongPassword = (error as { code?: string }).code === '28P01';
      if (wrongPassword || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Makes the database and the service roles where they are missing, and sets the roles' passwords. */
export async function preparePostgres(
  connection: OwnerConnection,
  passwords: Record<ServiceRole, string>,
  database = DATABASE,
): Promise<void> {
  const client = await connectOwner(connection);
  try {
    for (const role of SERVICE_ROLES) {
      const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      if (found.rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN`);
      await client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(passwords[role])}`);
      await client.query(`ALTER ROLE ${role} SET TimeZone = 'UTC'`);
    }
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}
