import type { z } from 'zod';
import type { CreatedToken, CreateToken } from '#common/contracts/access.ts';
import { hashToken, newToken, TOKEN_PREFIX } from '#common/crypto/tokens.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { presentToken } from './present.ts';

/** Characters of a token that lists show, beyond its kind's prefix. */
const SHOWN = 6;

/** The token itself is in this answer and nowhere else. */
export async function createToken(
  context: Context<unknown, unknown, z.output<typeof CreateToken>>,
): Promise<z.input<typeof CreatedToken>> {
  const { deps, body, change, actor } = context;
  const expiresAt = typeof body.expiresAt === 'string' ? new Date(body.expiresAt) : null;
  if (expiresAt && expiresAt <= deps.now()) {
    const message = 'must be in the future';
    throw new RefusedError('invalid_request', `expiresAt ${message}.`, [{ path: 'expiresAt', message }]);
  }
  const token = newToken('api');
  return change(async (tx, audit) => {
    const row = await tx.apiToken.create({
      data: {
        name: body.name,
        role: body.role,
        expiresAt,
        tokenHash: hashToken(token),
        prefix: token.slice(0, TOKEN_PREFIX.api.length + SHOWN),
        createdById: actor.kind === 'user' ? actor.id : await makerOf(actor.id, tx),
      },
    });
    await audit({
      action: 'token.create',
      objectKind: 'token',
      objectId: row.id,
      objectName: row.name,
      details: { role: row.role, expiresAt: expiresAt?.toISOString() ?? null },
    });
    return { ...presentToken(row), token };
  });
}

/** A token made with a token belongs to the person who made the first one, so that it ends with that person too. */
async function makerOf(tokenId: string, tx: Parameters<Parameters<Context['change']>[0]>[0]): Promise<string | null> {
  return (await tx.apiToken.findUnique({ where: { id: tokenId } }))?.createdById ?? null;
}
