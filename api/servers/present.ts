import type { ConnectionReport, ConnectionState, Environment, Facts, Server } from '#common/contracts/servers.ts';
import type { Prisma } from '#common/db/prisma.ts';

/** A server counts as online for this long after its last report. */
export const ONLINE_MS = 5 * 60_000;

/** What is read together with a server for an answer. */
export const SERVER_PARTS = { newest: true } as const satisfies Prisma.ServerInclude;
export type ServerRow = Prisma.ServerGetPayload<{ include: typeof SERVER_PARTS }>;

const iso = (date: Date | null) => date?.toISOString() ?? null;

export function presentServer(row: ServerRow, now: Date): Server {
  return {
    id: row.id,
    serverId: row.serverId,
    hostname: row.hostname,
    displayName: row.displayName,
    sshHost: row.sshHost,
    sshPort: row.sshPort,
    sshUsername: row.sshUsername,
    sshKeyId: row.sshKeyId,
    environment: row.environment as Environment,
    tags: row.tags,
    metadata: row.metadata as Server['metadata'],
    allowReportsWithoutToken: row.allowReportsWithoutToken,
    isDemo: row.isDemo,
    watchOnly: row.watchOnly,
    isOnline: row.lastSeenAt !== null && now.getTime() - row.lastSeenAt.getTime() < ONLINE_MS,
    lastSeenAt: iso(row.lastSeenAt),
    connectionState: row.connectionState as ConnectionState,
    connectionReport: row.connectionReport as ConnectionReport | null,
    hostKeyFingerprint: row.hostKeyFingerprint,
    seenHostKeyFingerprint: row.seenHostKeyFingerprint,
    facts: row.facts as Facts | null,
    factsAt: iso(row.factsAt),
    newest: presentNewest(row.newest),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** `values` holds the newest metrics row, and what the digest derives from it and the row before. */
function presentNewest(newest: ServerRow['newest']): Server['newest'] {
  if (!newest) return null;
  const values = newest.values as Record<string, unknown>;
  const number = (name: string) => {
    const value = values[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  };
  return {
    at: newest.at.toISOString(),
    cpuPercent: number('cpu_percent'),
    memoryUsedPercent: number('memory_used_percent'),
    diskUsedPercent: number('disk_used_percent'),
    load1: number('load_1min'),
  };
}

/** What people call a server. */
export const nameOf = (server: { displayName: string | null; hostname: string }) =>
  server.displayName ?? server.hostname;
