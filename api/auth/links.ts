import { hashToken, newToken } from '#common/crypto/tokens.ts';
import type { Transaction } from '../http/change.ts';
import { RefusedError } from '../http/refused-error.ts';

const INVITE_MAX_MS = 7 * 24 * 3600 * 1000;

/** Address of an invitation; it is shown once. Earlier open invitations of the person end. */
export async function createInvite(tx: Transaction, publicUrl: URL, userId: string, now: Date): Promise<string> {
  const token = newToken('link');
  await tx.oneTimeLink.deleteMany({ where: { userId, purpose: 'invite', usedAt: null } });
  const expiresAt = new Date(now.getTime() + INVITE_MAX_MS);
  await tx.oneTimeLink.create({ data: { purpose: 'invite', tokenHash: hashToken(token), userId, expiresAt } });
  const url = new URL('/invite', publicUrl);
  url.searchParams.set('token', token);
  return url.href;
}

/** Uses up a one-time link: of two requests at the same time one wins. Throws link_invalid. */
export async function useLink(tx: Transaction, purpose: 'setup' | 'invite', token: string, now: Date) {
  const tokenHash = hashToken(token);
  const used = await tx.oneTimeLink.updateMany({
    where: { purpose, tokenHash, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  });
  if (used.count !== 1) {
    throw new RefusedError(
      'link_invalid',
      purpose === 'setup'
        ? 'This set-up link was used already or is too old. The next "npm start" shows a new one.'
        : 'This invitation was used already or is too old. Ask an administrator for a new one.',
    );
  }
  return tx.oneTimeLink.findUniqueOrThrow({ where: { tokenHash } });
}
