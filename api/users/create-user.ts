import type { z } from 'zod';
import type { CreatedUser, CreateUser } from '#common/contracts/access.ts';
import { createInvite } from '../auth/links.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { presentUser } from './present.ts';

/** A person without a password, and the link with which they set one; it is shown this once. */
export async function createUser(
  context: Context<unknown, unknown, z.output<typeof CreateUser>>,
): Promise<z.input<typeof CreatedUser>> {
  const { deps, body, change } = context;
  return change(async (tx, audit) => {
    if (await tx.user.findUnique({ where: { email: body.email } })) {
      throw new RefusedError('already_exists', 'There is a person with this e-mail already.');
    }
    const row = await tx.user.create({ data: body });
    await audit({
      action: 'user.create',
      objectKind: 'user',
      objectId: row.id,
      objectName: row.name,
      details: { email: row.email, role: row.role },
    });
    return { ...presentUser(row), inviteUrl: await createInvite(tx, deps.publicUrl, row.id, deps.now()) };
  });
}
