import type { z } from 'zod';
import type { UpdateUser, User } from '#common/contracts/access.ts';
import { announceEndedSessions, endSessionsOf } from '../auth/end-sessions.ts';
import type { Transaction } from '../http/change.ts';
import type { ById } from '../http/params.ts';
import { notFound, RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { presentUser } from './present.ts';

/** Key of the advisory lock under which administrators are counted. */
const ADMIN_LOCK = 7_215_311;

/** Changes name or role, disables or enables. Disabling ends all sessions at once; a new role counts from the next request. */
export async function updateUser(context: Context<ById, unknown, z.output<typeof UpdateUser>>): Promise<User> {
  const { deps, params, body, change, actor } = context;
  const updated = await change(async (tx, audit) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ADMIN_LOCK})`;
    const before = await tx.user.findUnique({ where: { id: params.id } });
    if (!before) throw notFound('person');
    const wasAdmin = before.role === 'admin' && before.disabledAt === null;
    const role = body.role ?? before.role;
    const disabled = body.disabled ?? before.disabledAt !== null;
    if (actor.kind === 'user' && actor.id === params.id && (disabled || role !== before.role)) {
      throw new RefusedError(
        'own_account',
        'You cannot disable yourself or change your own role: ask another administrator.',
      );
    }
    if (wasAdmin && (disabled || role !== 'admin')) await requireAnotherAdmin(tx, params.id);
    const row = await tx.user.update({
      where: { id: params.id },
      data: {
        ...(body.name !== undefined && { name: body.name }),
        role,
        disabledAt: disabled ? (before.disabledAt ?? deps.now()) : null,
      },
    });
    if (disabled) await endSessionsOf(tx, params.id);
    await audit({
      action: 'user.update',
      objectKind: 'user',
      objectId: row.id,
      objectName: row.name,
      details: {
        before: { name: before.name, role: before.role, disabled: before.disabledAt !== null },
        after: { name: row.name, role, disabled },
      },
    });
    return presentUser(row);
  });
  await announceEndedSessions(deps);
  return updated;
}

async function requireAnotherAdmin(tx: Transaction, id: string): Promise<void> {
  const others = await tx.user.count({
    where: { role: 'admin', disabledAt: null, passwordHash: { not: null }, id: { not: id } },
  });
  if (others === 0) throw new RefusedError('last_admin', 'This is the last administrator: make another one first.');
}
