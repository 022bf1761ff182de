import { ROLES, type Role } from '#common/domain/permissions.ts';
import { SelectField } from '../ui/field.tsx';

export const ROLE_WORDS: Record<Role, string> = {
  admin: 'Admin',
  operator: 'Operator',
  viewer: 'Viewer',
  auditor: 'Auditor',
};

const ROLE_HINTS: Record<Role, string> = {
  admin: 'everything, also people and tokens',
  operator: 'servers, keys and deployments',
  viewer: 'looks, changes nothing',
  auditor: 'looks, and reads the audit',
};

export function RoleField({ defaultRole, error }: { defaultRole: Role; error?: string | undefined }) {
  return (
    <SelectField label="Role" name="role" defaultValue={defaultRole} error={error}>
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {ROLE_WORDS[role]}: {ROLE_HINTS[role]}
        </option>
      ))}
    </SelectField>
  );
}
