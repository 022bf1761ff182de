import { createContext, useContext } from 'react';
import type { Me } from '#common/contracts/access.ts';
import type { Permission } from '#common/domain/permissions.ts';

export const MeContext = createContext<Me | null>(null);

export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error('useMe needs the shell above it');
  return me;
}

/** Whether this person may, and if not, a sentence for the disabled button. */
export function useMay(permission: Permission): { may: boolean; reason: string | null } {
  const { permissions, role } = useMe();
  const may = permissions.includes(permission);
  return { may, reason: may ? null : `Your role (${role}) does not allow this.` };
}
