import type pg from 'pg';
import { connectOwner, DATABASE } from '../engines/postgres.ts';
import { readSecretFile } from '../home/secrets.ts';
import { CannotError } from '../settings/usage-error.ts';
import type { CommandContext } from './command-context.ts';
import { requireRunning } from './running.ts';

/** Runs `work` in one transaction on the database of the running installation. */
export async function inTransaction<T>(
  context: CommandContext,
  work: (client: pg.Client, url: string) => Promise<T>,
): Promise<T> {
  const running = requireRunning(context);
  const { parts, url } = await running.call('GET', '/status');
  const port = parts.find((part) => part.name === 'postgres')?.ports.postgres;
  if (port === undefined) throw new CannotError('The database is not running: "admiral status" shows why.');
  const ownerPassword = readSecretFile(running.home, 'database-owner');
  const client = await connectOwner({ port, ownerPassword }, DATABASE);
  try {
    await client.query('BEGIN');
    const result = await work(client, url);
    await client.query('COMMIT');
    return result;
  } finally {
    await client.end(); // An open transaction is rolled back with its connection.
  }
}
