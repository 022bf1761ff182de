import { createHmac } from 'node:crypto';
import { deriveKey } from '#common/crypto/keys.ts';
import { canonicalJson } from '#common/crypto/run-authorization.ts';
import type { Database, Prisma } from '#common/db/prisma.ts';
import { RefusedError } from './refused-error.ts';

/** Keys are kept this long; then the same key creates again. */
export const KEEP_KEYS_MS = 24 * 3600 * 1000;

export interface IdempotentRequest {
  actorId: string;
  key: string;
  /** Method and path as called. */
  route: string;
  requestHash: string;
  status: number;
  /** The answer holds a secret: it is not stored. */
  once: boolean;
}

export interface StoredAnswer {
  status: number;
  body: unknown;
}

/** The header's value, checked. */
export function readKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (/^[\x21-\x7e]{1,200}$/.test(header)) return header;
  throw new RefusedError('invalid_request', 'The header Idempotency-Key must be 1 to 200 visible characters of ASCII.');
}

/** Keyed, because bodies may hold weak passwords. */
export function hashRequest(masterKey: Buffer, route: string, body: unknown): string {
  const key = deriveKey(masterKey, 'request-hash');
  return createHmac('sha256', key)
    .update(`${route}\n${canonicalJson(body ?? null)}`)
    .digest('base64url');
}

/** The answer to an earlier request with this key, or undefined. Throws when the key was used for something else, or when its answer was a secret. */
export async function findAnswer(db: Database, request: IdempotentRequest): Promise<StoredAnswer | undefined> {
  const row = await db.idempotencyKey.findUnique({
    where: { actorId_key: { actorId: request.actorId, key: request.key } },
  });
  if (!row) return undefined;
  if (row.route !== request.route || row.requestHash !== request.requestHash) {
    throw new RefusedError(
      'idempotency_key_reused',
      'This Idempotency-Key was used for another request. Choose a new key for a new request.',
    );
  }
  if (request.once) {
    throw new RefusedError(
      'already_created',
      'This was created by an earlier request with the same Idempotency-Key, and its secret is shown only once.',
    );
  }
  return { status: row.status, body: row.response };
}

/** First statement of the transaction: a second request with the same key waits here, and then fails on the unique index. */
export async function claimKey(tx: Prisma.TransactionClient, request: IdempotentRequest): Promise<void> {
  const { actorId, key, route, requestHash } = request;
  await tx.idempotencyKey.create({ data: { actorId, key, route, requestHash, status: 0, response: {} } });
}

export async function storeAnswer(
  tx: Prisma.TransactionClient,
  request: IdempotentRequest,
  answer: unknown,
): Promise<void> {
  const { actorId, key, status, once } = request;
  const response = once ? {} : (JSON.parse(JSON.stringify(answer)) as Prisma.InputJsonValue);
  await tx.idempotencyKey.update({ where: { actorId_key: { actorId, key } }, data: { status, response } });
}
