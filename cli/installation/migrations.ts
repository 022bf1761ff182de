import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { basicEnvironment, CommandError, runCommand } from '#common/process/run-command.ts';
import { connectOwner, DATABASE, OWNER_ROLE, type OwnerConnection } from '../engines/postgres.ts';
import { CannotError } from '../settings/usage-error.ts';

/** Names of the migrations that come with this version, oldest first. */
function knownMigrations(root: string): string[] {
  const folder = join(root, 'prisma', 'migrations');
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'migration.sql')))
    .sort();
}

/** Names of the migrations that the database has. */
async function appliedMigrations(connection: OwnerConnection): Promise<Set<string>> {
  const client = await connectOwner(connection, DATABASE);
  try {
    const table = await client.query<{ at: string | null }>(`SELECT to_regclass('_prisma_migrations')::text AS at`);
    if (!table.rows[0]?.at) return new Set();
    const rows = await client.query<{ migration_name: string }>(
      'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    );
    return new Set(rows.rows.map((row) => row.migration_name));
  } finally {
    await client.end();
  }
}

/**
 * Brings the database to this version. Returns the names of what was applied. Each migration is one transaction: one that
 * fails leaves nothing behind, is marked as rolled back (so that the version before still starts), and stops the start.
 */
export async function migrate(root: string, connection: OwnerConnection, passwordFile: string): Promise<string[]> {
  const applied = await appliedMigrations(connection);
  const known = knownMigrations(root);
  const later = [...applied].filter((name) => !known.includes(name));
  if (later.length > 0) {
    throw new CannotError(
      `The database has migrations of a later version (${later.join(', ')}): start that version, or restore a backup.`,
    );
  }
  const missing = known.filter((name) => !applied.has(name));
  if (missing.length === 0) return [];
  const env = {
    ...basicEnvironment(),
    PGHOST: '127.0.0.1',
    PGPORT: String(connection.port),
    PGUSER: OWNER_ROLE,
    PGDATABASE: DATABASE,
    PGPASSWORD_FILE: passwordFile,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  const prisma = join(root, 'node_modules', 'prisma', 'build', 'index.js');
  try {
    await runCommand(process.execPath, [prisma, 'migrate', 'deploy'], { cwd: root, env, timeoutMs: 600_000 });
  } catch (error) {
    const failed = await markRolledBack(connection);
    const name = failed?.name ?? missing[0] ?? 'unknown';
    throw new CannotError(
      `The migration ${name} failed and was rolled back; the version before can still be started. ${reasonOf(failed?.logs, error)}`,
    );
  }
  const after = await appliedMigrations(connection);
  const left = missing.filter((name) => !after.has(name));
  if (left.length > 0)
    throw new CannotError(`The migrations ${left.join(', ')} were not applied: run "npm ci" and start again.`);
  return missing;
}

/** Without this mark, Prisma would refuse every later migration. Returns which one failed, and what Prisma noted of it. */
async function markRolledBack(connection: OwnerConnection): Promise<{ name: string; logs: string } | undefined> {
  const client = await connectOwner(connection, DATABASE);
  try {
    const { rows } = await client.query<{ name: string; logs: string | null }>(
      `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL
       RETURNING migration_name AS name, logs`,
    );
    return rows[0] && { name: rows[0].name, logs: rows[0].logs ?? '' };
  } catch {
    return undefined; // The table itself was not made.
  } finally {
    await client.end();
  }
}

/** The database's own sentence, out of all that Prisma says around it. */
function reasonOf(logs: string | undefined, error: unknown): string {
  const said = error instanceof CommandError ? `${error.stdout}\n${error.stderr}` : (error as Error).message;
  for (const text of [logs ?? '', said]) {
    const reason = /Database error:\s*(\S.*)/.exec(text)?.[1] ?? /ERROR:\s*(\S.*)/.exec(text)?.[1];
    if (reason !== undefined) return reason.trim();
  }
  return said.trim().split('\n').slice(0, 6).join(' ');
}
