import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { connectOwner, DATABASE, type OwnerConnection } from '../engines/postgres.ts';
import { readJson, writeJson } from '../home/json-file.ts';
import { writeAudit, type AuditEntry } from './audit-entry.ts';

const fileIn = (folder: string) => join(folder, 'pending-audit.json');

/** Notes what was done while the database was stopped; the next start writes it into the audit log. */
export function notePendingAudit(folder: string, entry: AuditEntry): void {
  const pending = (readJson(fileIn(folder)) ?? []) as AuditEntry[];
  writeJson(fileIn(folder), [...pending, { ...entry, details: { ...entry.details, at: new Date().toISOString() } }]);
}

/** Writes noted entries into the audit log, all or none. */
export async function writePendingAudit(folder: string, connection: OwnerConnection): Promise<void> {
  const pending = readJson(fileIn(folder)) as AuditEntry[] | undefined;
  if (pending === undefined) return;
  const client = await connectOwner(connection, DATABASE);
  try {
    await client.query('BEGIN');
    for (const entry of pending) await writeAudit(client, entry);
    await client.query('COMMIT');
    rmSync(fileIn(folder), { force: true });
  } finally {
    await client.end();
  }
}
