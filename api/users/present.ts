import type { User } from '#common/contracts/access.ts';
import type { Role } from '#common/domain/permissions.ts';

interface Row {
  id: string;
  email: string;
  name: string;
  role: string;
  passwordHash: string | null;
  disabledAt: Date | null;
  createdAt: Date;
}

export function presentUser(row: Row): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role as Role,
    disabled: row.disabledAt !== null,
    invited: row.passwordHash === null,
    createdAt: row.createdAt.toISOString(),
  };
}
