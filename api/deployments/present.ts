import type { Deployment, DeploymentHost, DeploymentSummary } from '#common/contracts/deployments.ts';
import type { Prisma } from '#common/db/prisma.ts';
import { countHosts, type DeploymentState, type HostState } from '#common/domain/states.ts';

export const DEPLOYMENT_PARTS = {
  servers: { orderBy: { position: 'asc' } },
} as const satisfies Prisma.DeploymentInclude;
export type DeploymentRow = Prisma.DeploymentGetPayload<{ include: typeof DEPLOYMENT_PARTS }>;

const SUMMARY_PARTS = { servers: { select: { state: true } } } as const satisfies Prisma.DeploymentInclude;
export { SUMMARY_PARTS };
type SummaryRow = Prisma.DeploymentGetPayload<{ include: typeof SUMMARY_PARTS }>;

const iso = (date: Date | null) => date?.toISOString() ?? null;

/** What stands in the place of a password variable. */
const SECRET = '[secret]';

export function presentSummary(row: SummaryRow): DeploymentSummary {
  return {
    id: row.id,
    name: row.name,
    playbook: row.playbook,
    state: row.state as DeploymentState,
    reason: row.reason,
    waitingFor: row.waitingFor,
    isDemo: row.isDemo,
    actorName: row.actorName,
    counts: countHosts(row.servers.map((host) => host.state as HostState)),
    hostCount: row.servers.length,
    createdAt: row.createdAt.toISOString(),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
  };
}

/** `secretNames`: variables of type password at the time of creation. */
export function presentDeployment(row: DeploymentRow): Deployment {
  return {
    ...presentSummary(row),
    playbookHash: row.playbookHash,
    variables: presentVariables(row.variables as Deployment['variables']),
    hosts: row.servers.map(presentHost),
    lastEventSequence: Number(row.lastEventSequence),
    lastOutputSequence: Number(row.lastOutputSequence),
  };
}

/** The form of a sealed value (common/crypto/seal.ts): anything that looks like one is hidden, whatever the playbook declares today. */
const SEALED = /^v\d+\.[\w-]{38,}$/;

function presentVariables(variables: Deployment['variables']): Deployment['variables'] {
  const shown = Object.entries(variables).map(([name, value]) => [name, isSealed(value) ? SECRET : value] as const);
  return Object.fromEntries(shown);
}

const isSealed = (value: unknown) => typeof value === 'string' && SEALED.test(value);

export function presentHost(row: DeploymentRow['servers'][number]): DeploymentHost {
  return {
    serverId: row.serverId,
    serverName: row.serverName,
    state: row.state as HostState,
    reason: row.reason,
    currentTask: row.currentTask,
    okCount: row.okCount,
    changedCount: row.changedCount,
    failedCount: row.failedCount,
    skippedCount: row.skippedCount,
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
  };
}
