import type { Pool } from 'pg';

/** What ingest must know of a server that reports. */
export interface KnownServer {
  /** The server's UUID. */
  id: string;
  /** SHA-256, hex, of each agent token that is valid. */
  fingerprints: string[];
  allowsReportsWithoutToken: boolean;
}

/** The server with this agent-side id, from the database. Throws what the database throws. */
export async function findServer(pool: Pool, serverId: string): Promise<KnownServer | undefined> {
  const { rows } = await pool.query<{ id: string; open: boolean; fingerprints: string[] }>(
    `SELECT s.id, s.allow_reports_without_token AS open,
            coalesce(array_agg(t.fingerprint) FILTER (WHERE t.fingerprint IS NOT NULL), '{}') AS fingerprints
       FROM admiral.servers s
       LEFT JOIN admiral.server_agent_tokens t ON t.server_id = s.id AND t.revoked_at IS NULL
      WHERE s.server_id = $1
      GROUP BY s.id`,
    [serverId],
  );
  const row = rows[0];
  return row && { id: row.id, fingerprints: row.fingerprints, allowsReportsWithoutToken: row.open };
}
