import { RoleName } from '#common/contracts/access.ts';
import { ROLES } from '#common/domain/permissions.ts';
import { UsageError } from '../settings/usage-error.ts';

const MAX_NAME_LENGTH = 120;

/** A name of one line; throws UsageError. */
export function requireName(name: string | undefined): string {
  const text = name?.trim() ?? '';
  if (text === '' || text.length > MAX_NAME_LENGTH || /\p{Cc}/u.test(text)) {
    throw new UsageError('Give a name of one line with --name, such as --name backup-script.');
  }
  return text;
}

/** One of the roles; throws UsageError. */
export function requireRole(role: string | undefined) {
  const parsed = RoleName.safeParse(role);
  if (!parsed.success) throw new UsageError(`Give a role with --role: ${ROLES.join(', ')}.`);
  return parsed.data;
}
