import type { Permission, Role } from '#common/domain/permissions.ts';

/** Who asks: a person with a session, or an API token. */
export interface Actor {
  kind: 'user' | 'token';
  id: string;
  name: string;
  email: string | null;
  role: Role;
  /** What this actor may do. A token may do only what both its role and the person who made it may. */
  permissions: ReadonlySet<Permission>;
  /** The session row of a person. */
  sessionId: string | null;
}

/** Where a request came from, for the audit. */
export interface Origin {
  ip: string | null;
  userAgent: string | null;
}
