import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type pg from 'pg';

export interface AuditEntry {
  action: string;
  objectKind: string;
  objectId?: string;
  objectName?: string;
  details?: Record<string, unknown>;
}

/** Writes what the command did, in the transaction of the change. The actor is whoever may use the data folder. */
export async function writeAudit(client: pg.Client, entry: AuditEntry): Promise<void> {
  await client.query(
    `INSERT INTO admiral.deployment_audit_logs (id, actor_kind, actor_name, action, object_kind, object_id, object_name, details)
     VALUES ($1, 'system', $2, $3, $4, $5, $6, $7)`,
    [
      randomUUID(),
      `admiral command (${userName()})`,
      entry.action,
      entry.objectKind,
      entry.objectId ?? null,
      entry.objectName ?? null,
      JSON.stringify(entry.details ?? {}),
    ],
  );
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${String(process.getuid?.() ?? '')}`; // A container's user need not have a name.
  }
}
