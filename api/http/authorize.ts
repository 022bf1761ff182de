import type { Permission } from '#common/domain/permissions.ts';
import type { Actor } from './actor.ts';
import { RefusedError } from './refused-error.ts';

/** What a route asks of its caller: a permission, only to be signed in, or nothing. */
export type Access = Permission | 'signedIn' | 'public';

/** The one choke point of HTTP and live updates: throws not_signed_in or not_permitted. */
export function authorize(actor: Actor | undefined, access: Access): void {
  if (access === 'public') return;
  if (!actor) {
    throw new RefusedError('not_signed_in', 'Sign in, or send an API token as "Authorization: Bearer …".', undefined, {
      'WWW-Authenticate': 'Bearer realm="admiral"',
    });
  }
  if (access !== 'signedIn' && !actor.permissions.has(access)) {
    throw new RefusedError(
      'not_permitted',
      `The role ${actor.role} may not do this: it needs the permission ${access}. An administrator can change the role.`,
    );
  }
}
