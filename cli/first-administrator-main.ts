// For containers, where no starter runs: prints the one-time link of the first administrator, while there is none.
//   docker compose run --rm first-administrator
import pg from 'pg';
import { migrationTarget } from '#common/db/migrate-adapter.ts';
import { ensureAdministrator } from './installation/first-administrator.ts';

const publicUrl = new URL(process.env.ADMIRAL_PUBLIC_URL ?? 'https://localhost').origin;
const client = new pg.Client(migrationTarget());
await client.connect();
try {
  const administrator = await ensureAdministrator(client, { publicUrl, admin: undefined });
  console.log(
    administrator.kind === 'link'
      ? `Make the first administrator (once, within 24 hours): ${administrator.url}`
      : 'There are users already: an administrator makes further ones.',
  );
} finally {
  await client.end();
}
