import { readFile } from 'node:fs/promises';
import { AgentServerId, type ConnectionReport, type Facts } from '#common/contracts/servers.ts';
import { verifyRun } from '#common/crypto/run-authorization.ts';
import type { Sealer } from '#common/crypto/seal.ts';
import type { Database, Prisma } from '#common/db/prisma.ts';
import type { TestConnectionActivities } from '#workflows/test-connection/activities.ts';
import { probeServer, type Probe } from './probe-server.ts';

export interface TestConnectionDeps {
  database: Database;
  masterKey: Buffer;
  sealer: Sealer;
  publicUrl: string;
  /** Authority that hosts pin when Admiral's certificate is its own. */
  caFile?: string | undefined;
  allowLocalTargets: boolean;
  /** Tells ingest that what it knows about this agent-side id is stale. */
  serverChanged: (serverId: string) => void;
}

export class ServerMissingError extends Error {
  readonly code = 'server_missing';
  constructor() {
    super('This server is gone.');
    this.name = 'ServerMissingError';
  }
}

const LOCAL_STEPS = ['reachable', 'hostKey', 'authentication'] as const;

/** The connection test: really connects, and writes what it found to the server's row. */
export function createTestConnection(deps: TestConnectionDeps): TestConnectionActivities {
  return {
    async testConnection(input) {
      const { serverId, actorId, expiresAtMs, authorization } = input;
      verifyRun(deps.masterKey, { kind: 'connection-test', serverId, actorId, expiresAtMs }, authorization, Date.now());
      const server = await deps.database.server.findUnique({ where: { id: serverId }, include: { sshKey: true } });
      if (!server) throw new ServerMissingError();
      if (server.sshHost === 'local' && deps.allowLocalTargets) return save(deps, server, localProbe());
      if (!server.sshKey) return save(deps, server, keylessProbe());
      const probe = await probeServer(
        {
          host: server.sshHost,
          port: server.sshPort,
          username: server.sshUsername,
          privateKey: deps.sealer.open(server.sshKey.sealedPrivateKey, {
            table: 'ssh_keys',
            column: 'private_key',
            row: server.sshKey.id,
          }),
          pinnedHostKey: server.hostKey,
        },
        {
          healthUrl: new URL('/healthz', deps.publicUrl).href,
          caPem: deps.caFile ? await readFile(deps.caFile, 'utf8') : '',
        },
        () => new Date(),
      );
      return save(deps, server, probe);
    },
  };
}

interface KnownServer {
  id: string;
  serverId: string;
  lastSeenAt: Date | null;
  facts: unknown;
}

async function save(deps: TestConnectionDeps, server: KnownServer, probe: Probe): Promise<ConnectionReport> {
  const at = new Date(probe.report.at);
  const adopted = await findAdoptableId(deps.database, server, probe.agentServerId);
  const facts: Facts | null = probe.facts && { ...(server.facts as Facts | null), ...probe.facts };
  await deps.database.$transaction(async (tx) => {
    await tx.server.update({
      where: { id: server.id },
      data: {
        connectionState: probe.report.state,
        connectionCheckedAt: at,
        connectionReport: probe.report,
        seenHostKey: probe.seenHostKey?.line ?? null,
        seenHostKeyFingerprint: probe.seenHostKey?.fingerprint ?? null,
        seenHostKeyAt: probe.seenHostKey ? at : null,
        ...(facts ? { facts: facts as Prisma.InputJsonObject, factsAt: at } : {}),
        ...(adopted === undefined ? {} : { serverId: adopted }),
      },
    });
    if (adopted !== undefined) {
      await tx.auditEntry.create({
        data: {
          actorKind: 'system',
          actorName: 'connection test',
          action: 'server.id_adopted',
          objectKind: 'server',
          objectId: server.id,
          details: { before: server.serverId, after: adopted },
        },
      });
    }
  });
  if (adopted !== undefined) {
    deps.serverChanged(server.serverId);
    deps.serverChanged(adopted);
  }
  return probe.report;
}

/**
 * A host with an earlier agent keeps its id: it is taken over while the server still has its default one, never reported, and no other
 * server has it. What the host says is checked like any outside value.
 */
async function findAdoptableId(
  database: Database,
  server: KnownServer,
  found: string | null,
): Promise<string | undefined> {
  if (found === null || found === server.serverId || server.serverId !== server.id || server.lastSeenAt)
    return undefined;
  if (!AgentServerId.safeParse(found).success) return undefined;
  const taken = await database.server.findFirst({ where: { serverId: found } });
  return taken ? undefined : found;
}

function localProbe(): Probe {
  const steps = LOCAL_STEPS.map((step) => ({ step, state: 'ok' as const, message: 'This machine itself.' }));
  return {
    report: { state: 'ok', at: new Date().toISOString(), steps, seenHostKey: null },
    seenHostKey: null,
    facts: null,
    agentServerId: null,
  };
}

function keylessProbe(): Probe {
  const message = 'This server has no SSH key. Choose one first.';
  const report = { state: 'failed' as const, at: new Date().toISOString(), seenHostKey: null };
  return {
    report: { ...report, steps: [{ step: 'authentication', state: 'failed', message }] },
    seenHostKey: null,
    facts: null,
    agentServerId: null,
  };
}
