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

/** `values` is the newest metrics row; a CPU percentage needs two rows, so the digest writes it beside them as `cpu_percent`. */
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
    memoryUsedPercent: usedPercent(number('memory_total_bytes'), number('memory_available_bytes')),
    diskUsedPercent: usedPercent(number('disk_total_bytes'), number('disk_available_bytes')),
    load1: number('load_1min'),
  };
}

function usedPercent(total: number | null, available: number | null): number | null {
  if (total === null || available === null || total <= 0) return null;
  return Math.min(100, Math.max(0, (100 * (total - available)) / total));
}

/** What people call a server. */
export const nameOf = (server: { displayName: string | null; hostname: string }) =>
  server.displayName ?? server.hostname;
