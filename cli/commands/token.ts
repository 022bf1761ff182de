import { randomUUID } from 'node:crypto';
import { hashToken, newToken } from '#common/crypto/tokens.ts';
import { writeAudit } from '../installation/audit-entry.ts';
import { UsageError } from '../settings/usage-error.ts';
import type { CommandContext } from './command-context.ts';
import { inTransaction } from './database.ts';
import { readFlags } from './flags.ts';
import { requireName, requireRole } from './person-arguments.ts';

const PREFIX_LENGTH = 10;

/** `admiral token create --name N --role R`: prints the token and nothing else; it cannot be shown again. */
export async function token(context: CommandContext): Promise<number> {
  const [action, ...args] = context.args;
  if (action !== 'create') throw new UsageError('Write "admiral token create --name NAME --role ROLE".');
  const flags = readFlags(args, { name: 'string', role: 'string' });
  const name = requireName(flags.name);
  const role = requireRole(flags.role);
  const created = newToken('api');
  await inTransaction(context, async (client) => {
    const id = randomUUID();
    await client.query(
      'INSERT INTO admiral.api_tokens (id, name, token_hash, prefix, role) VALUES ($1, $2, $3, $4, $5)',
      [id, name, hashToken(created), created.slice(0, PREFIX_LENGTH), role],
    );
    await writeAudit(client, {
      action: 'token.create',
      objectKind: 'token',
      objectId: id,
      objectName: name,
      details: { role },
    });
  });
  console.log(created);
  return 0;
}
