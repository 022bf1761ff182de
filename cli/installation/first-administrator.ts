import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { hashPassword } from '#common/crypto/password.ts';
import { hashToken, newToken } from '#common/crypto/tokens.ts';
import type { StarterSettings } from '../settings/starter-settings.ts';
import { writeAudit } from './audit-entry.ts';

const LINK_HOURS = 24;

export type FirstAdministrator =
  { kind: 'exists' } | { kind: 'created'; email: string } | { kind: 'link'; url: string };

/**
 * Where nobody can sign in yet: makes the administrator that the environment names, or a one-time set-up link (earlier ones
 * stop working, since only their hashes are kept and none can be shown again).
 */
export async function ensureAdministrator(
  client: pg.Client,
  settings: Pick<StarterSettings, 'admin' | 'publicUrl'>,
): Promise<FirstAdministrator> {
  await client.query('BEGIN');
  const users = await client.query<{ count: string }>('SELECT count(*) FROM admiral.users');
  if (users.rows[0]?.count !== '0') {
    await client.query('ROLLBACK');
    return { kind: 'exists' };
  }
  if (settings.admin) {
    const { email, password } = settings.admin;
    const id = randomUUID();
    await client.query(
      `INSERT INTO admiral.users (id, email, name, role, password_hash) VALUES ($1, $2, $3, 'admin', $4)`,
      [id, email, email.split('@')[0], await hashPassword(password)],
    );
    await writeAudit(client, {
      action: 'user.create',
      objectKind: 'user',
      objectId: id,
      objectName: email,
      details: { role: 'admin', by: 'environment' },
    });
    await client.query('COMMIT');
    return { kind: 'created', email };
  }
  const token = newToken('link');
  await client.query(`DELETE FROM admiral.one_time_links WHERE purpose = 'setup' AND used_at IS NULL`);
  await client.query(
    `INSERT INTO admiral.one_time_links (id, purpose, token_hash, expires_at)
       VALUES ($1, 'setup', $2, now() + make_interval(hours => $3))`,
    [randomUUID(), hashToken(token), LINK_HOURS],
  );
  await client.query('COMMIT');
  return { kind: 'link', url: `${settings.publicUrl}/setup?token=${token}` };
}
