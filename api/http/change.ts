import type { Database, Prisma } from '#common/db/prisma.ts';
import type { Actor, Origin } from './actor.ts';
import { claimKey, storeAnswer, type IdempotentRequest } from './idempotency.ts';

export type Transaction = Prisma.TransactionClient;

/** What was done to what. `details` never hold a secret. */
export interface AuditRecord {
  /** Object and verb: `server.create`. */
  action: string;
  objectKind?: string;
  objectId?: string;
  objectName?: string;
  details?: Prisma.InputJsonObject;
  /** Somebody else than the caller of the request, for sign-in and set-up. */
  actor?: Pick<Actor, 'kind' | 'id' | 'name'>;
}

export type Audit = (record: AuditRecord) => Promise<void>;
export type Change = <T>(work: (tx: Transaction, audit: Audit) => Promise<T>) => Promise<T>;

/** A change without an audit entry must not be committed: a fault of the command that made it. */
class ChangeWithoutAuditError extends Error {
  readonly code = 'change_without_audit';
  constructor() {
    super('A changing command wrote no audit entry; nothing was changed.');
    this.name = 'ChangeWithoutAuditError';
  }
}

/**
 * The way to change anything: `work` runs in one transaction with its audit entries and, where the request has an Idempotency-Key,
 * with the answer that a repetition will be given. Either all of it is committed or nothing.
 */
export function createChange(
  db: Database,
  actor: Actor | undefined,
  origin: Origin,
  idempotent?: IdempotentRequest,
): Change {
  return (work) =>
    db.$transaction(
      async (tx) => {
        if (idempotent) await claimKey(tx, idempotent);
        let entries = 0;
        const result = await work(tx, async (record) => {
          entries += 1;
          await tx.auditEntry.create({ data: { ...entryOf(record, record.actor ?? actor), ...origin } });
        });
        if (entries === 0) throw new ChangeWithoutAuditError();
        if (idempotent) await storeAnswer(tx, idempotent, result);
        return result;
      },
      { maxWait: 5000, timeout: 20_000 },
    );
}

function entryOf(record: AuditRecord, actor: AuditRecord['actor']) {
  return {
    actorKind: actor?.kind ?? 'anonymous',
    actorId: actor?.id ?? null,
    actorName: actor?.name ?? 'nobody signed in',
    action: record.action,
    objectKind: record.objectKind ?? null,
    objectId: record.objectId ?? null,
    objectName: record.objectName ?? null,
    details: record.details ?? {},
  };
}
