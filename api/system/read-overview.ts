import type { Overview } from '#common/contracts/system.ts';
import { DEPLOYMENT_STATES, isFinalDeploymentState } from '#common/domain/states.ts';
import type { Context } from '../http/route.ts';
import { seen } from '../servers/list-servers.ts';

const DAY_MS = 24 * 3600 * 1000;
const OPEN_STATES = DEPLOYMENT_STATES.filter((state) => !isFinalDeploymentState(state));

/** Counts for the overview page. */
export async function readOverview({ deps }: Context): Promise<Overview> {
  const { db } = deps;
  const now = deps.now();
  const servers = (where: Parameters<typeof db.server.count>[0]) => db.server.count(where);
  const [total, online, offline, neverSeen, hostKeyChanged, connectionFailed] = await Promise.all([
    servers({}),
    servers({ where: { lastSeenAt: seen('online', now) } }),
    servers({ where: { lastSeenAt: seen('offline', now) } }),
    servers({ where: { lastSeenAt: null } }),
    servers({ where: { connectionState: 'host_key_changed' } }),
    servers({ where: { connectionState: 'failed' } }),
  ]);
  const [active, waiting, ended, sshKeys] = await Promise.all([
    db.deployment.count({ where: { state: { in: OPEN_STATES } } }),
    db.deployment.count({ where: { state: 'waiting' } }),
    db.deployment.groupBy({
      by: ['state'],
      where: { finishedAt: { gte: new Date(now.getTime() - DAY_MS) } },
      _count: true,
    }),
    db.sshKey.count(),
  ]);
  const countOf = (state: string) => ended.find((group) => group.state === state)?._count ?? 0;
  return {
    version: deps.version,
    publicUrl: deps.publicUrl.origin,
    servers: { total, online, offline, neverSeen, hostKeyChanged, connectionFailed },
    deployments: {
      active,
      waiting,
      last24Hours: {
        succeeded: countOf('succeeded'),
        partlyFailed: countOf('partly_failed'),
        failed: countOf('failed'),
        cancelled: countOf('cancelled'),
      },
    },
    sshKeys,
  };
}
