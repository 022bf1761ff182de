import type { Me } from '#common/contracts/access.ts';
import type { Actor } from '../http/actor.ts';

export function presentMe(actor: Actor): Me {
  const { kind, id, name, email, role } = actor;
  return { kind, id, name, email, role, permissions: [...actor.permissions] };
}
