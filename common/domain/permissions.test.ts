import { describe, expect, it } from '@jest/globals';
import { may, PERMISSIONS, permissionsOf, ROLES } from './permissions.ts';

describe('roles', () => {
  it('give an admin everything, and nobody else the right to change people or tokens', () => {
    expect(PERMISSIONS.every((permission) => may('admin', permission))).toBe(true);
    for (const role of ROLES.filter((name) => name !== 'admin')) {
      expect(may(role, 'users.edit')).toBe(false);
      expect(may(role, 'tokens.edit')).toBe(false);
    }
  });

  it('let viewers and auditors change nothing', () => {
    const changing = PERMISSIONS.filter((name) => /\.(edit|run|cancel|connection)$/.test(name));
    for (const role of ['viewer', 'auditor'] as const) {
      expect(permissionsOf(role).filter((name) => changing.includes(name))).toEqual([]);
    }
  });

  it('show the audit trail to admins and auditors alone', () => {
    expect(ROLES.filter((role) => may(role, 'audit.view'))).toEqual(['admin', 'auditor']);
  });
});
