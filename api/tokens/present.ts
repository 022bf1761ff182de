import type { Token } from '#common/contracts/access.ts';
import type { Role } from '#common/domain/permissions.ts';

interface Row {
  id: string;
  name: string;
  prefix: string;
  role: string;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

export function presentToken(row: Row): Token {
  const { id, name, prefix } = row;
  return {
    id,
    name,
    prefix,
    role: row.role as Role,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
