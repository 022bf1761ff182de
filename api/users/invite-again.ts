import type { z } from 'zod';
import type { CreatedUser } from '#common/contracts/access.ts';
import { createInvite } from '../auth/links.ts';
import type { ById } from '../http/params.ts';
import { notFound, RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { presentUser } from './present.ts';

/** A new one-time link, for a lost invitation or a forgotten password; the earlier ones end. */
export async function inviteAgain({ deps, params, change }: Context<ById>): Promise<z.input<typeof CreatedUser>> {
  return change(async (tx, audit) => {
    const row = await tx.user.findUnique({ where: { id: params.id } });
    if (!row) throw notFound('person');
    if (row.disabledAt) throw new RefusedError('in_use', 'This person is disabled: enable the account first.');
    await audit({ action: 'user.invite', objectKind: 'user', objectId: row.id, objectName: row.name });
    return { ...presentUser(row), inviteUrl: await createInvite(tx, deps.publicUrl, row.id, deps.now()) };
  });
}
