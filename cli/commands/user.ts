import { randomUUID } from 'node:crypto';
import { Email } from '#common/contracts/access.ts';
import { hashToken, newToken } from '#common/crypto/tokens.ts';
import { writeAudit } from '../installation/audit-entry.ts';
import { CannotError, UsageError } from '../settings/usage-error.ts';
import type { CommandContext } from './command-context.ts';
import { inTransaction } from './database.ts';
import { readFlags } from './flags.ts';
import { requireName, requireRole } from './person-arguments.ts';

const LINK_HOURS = 24;
const UNIQUE_VIOLATION = '23505';

/** `admiral user create --email E --name N --role R`: prints the one-time link with which the person chooses a password. */
export async function user(context: CommandContext): Promise<number> {
  const [action, ...args] = context.args;
  if (action !== 'create') throw new UsageError('Write "admiral user create --email EMAIL --name NAME --role ROLE".');
  const flags = readFlags(args, { email: 'string', name: 'string', role: 'string' });
  const email = Email.safeParse(flags.email);
  if (!email.success) throw new UsageError('Give an e-mail address with --email, such as --email admin@example.com.');
  const name = requireName(flags.name);
  const role = requireRole(flags.role);
  const created = newToken('link');
  const origin = await inTransaction(context, async (client, url) => {
    const id = randomUUID();
    try {
      await client.query('INSERT INTO admiral.users (id, email, name, role) VALUES ($1, $2, $3, $4)', [
        id,
        email.data,
        name,
        role,
      ]);
    } catch (error) {
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
      throw new CannotError(`There is already somebody with the e-mail address ${email.data}.`);
    }
    await client.query(
      `INSERT INTO admiral.one_time_links (id, purpose, token_hash, user_id, expires_at)
       VALUES ($1, 'invite', $2, $3, now() + make_interval(hours => $4))`,
      [randomUUID(), hashToken(created), id, LINK_HOURS],
    );
    await writeAudit(client, {
      action: 'user.create',
      objectKind: 'user',
      objectId: id,
      objectName: email.data,
      details: { role },
    });
    return url;
  });
  console.log(`${origin}/invite?token=${created}`);
  return 0;
}
