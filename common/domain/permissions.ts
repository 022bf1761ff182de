/** What a person, token or service may be allowed to do. Every API route names one of these. */
export const PERMISSIONS = [
  'servers.view',
  'servers.edit',
  'servers.connection',
  'keys.view',
  'keys.edit',
  'playbooks.view',
  'deployments.view',
  'deployments.run',
  'deployments.cancel',
  'audit.view',
  'users.view',
  'users.edit',
  'tokens.view',
  'tokens.edit',
  'system.view',
  'temporal.view',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ['admin', 'operator', 'viewer', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

const VIEWER: readonly Permission[] = ['servers.view', 'playbooks.view', 'deployments.view', 'system.view'];

const OF_ROLE: Record<Role, readonly Permission[]> = {
  admin: PERMISSIONS,
  operator: [
    ...VIEWER,
    'servers.edit',
    'servers.connection',
    'keys.view',
    'keys.edit',
    'deployments.run',
    'deployments.cancel',
    'temporal.view',
  ],
  viewer: VIEWER,
  auditor: [...VIEWER, 'audit.view', 'users.view', 'tokens.view', 'keys.view', 'temporal.view'],
};

export function permissionsOf(role: Role): readonly Permission[] {
  return OF_ROLE[role];
}

export function may(role: Role, permission: Permission): boolean {
  return OF_ROLE[role].includes(permission);
}
