import type { ApiDeps } from '../deps.ts';
import type { Transaction } from '../http/change.ts';
import { RefusedError, type FieldError } from '../http/refused-error.ts';
import { nameOf } from '../servers/present.ts';

const MAX_NAMES = 10;

/** A server that may be deployed to, in the order in which they were named. */
export interface Target {
  id: string;
  name: string;
}

/**
 * The servers of a deployment, locked against deletion until the transaction ends. Throws unknown_servers, or servers_not_ready with a
 * sentence for each reason that names the servers.
 */
export async function checkTargets(
  tx: Transaction,
  deps: Pick<ApiDeps, 'testLocalTargets'>,
  serverIds: readonly string[],
): Promise<Target[]> {
  if (new Set(serverIds).size !== serverIds.length) {
    const message = 'must not name a server twice';
    throw new RefusedError('invalid_request', `serverIds ${message}.`, [{ path: 'serverIds', message }]);
  }
  await tx.$queryRaw`SELECT id FROM admiral.servers WHERE id = ANY(${serverIds}::uuid[]) ORDER BY id FOR SHARE`;
  const rows = new Map(
    (await tx.server.findMany({ where: { id: { in: [...serverIds] } } })).map((row) => [row.id, row]),
  );
  const missing = serverIds.filter((id) => !rows.has(id));
  if (missing.length > 0) {
    throw new RefusedError(
      'unknown_servers',
      `No such server: ${listOf(missing)}. It may have been deleted: reload the list.`,
      missing.map((id) => ({ path: 'serverIds', message: `${id} is not a server` })),
    );
  }
  const servers = serverIds.flatMap((id) => rows.get(id) ?? []);
  const isLocal = (server: (typeof servers)[number]) => server.sshHost === 'local' && deps.testLocalTargets;
  const remote = servers.filter((server) => !isLocal(server));
  const problems: FieldError[] = [];
  const refuse = (found: typeof servers, message: (names: string) => string) => {
    if (found.length > 0) problems.push({ path: 'serverIds', message: message(listOf(found.map(nameOf))) });
  };
  refuse(
    servers.filter((s) => s.watchOnly || s.isDemo),
    (names) => `Only watched, never deployed to: ${names}.`,
  );
  const real = remote.filter((s) => !s.watchOnly && !s.isDemo);
  refuse(
    real.filter((s) => s.sshHost === 'local'),
    (names) => `The machine of Admiral itself is never a target: ${names}.`,
  );
  refuse(
    real.filter((s) => s.sshKeyId === null),
    (names) => `Without an SSH key: ${names}. Choose one on the server's page.`,
  );
  refuse(
    real.filter((s) => s.hostKey === null),
    (names) => `Host key not accepted yet: ${names}. Test the connection and accept the key.`,
  );
  refuse(
    real.filter((s) => s.hostKey !== null && s.connectionState === 'host_key_changed'),
    (names) => `Host key changed: ${names}. Find out why, then accept the new key.`,
  );
  if (problems.length > 0) {
    throw new RefusedError('servers_not_ready', problems.map((problem) => problem.message).join(' '), problems);
  }
  return servers.map((server) => ({ id: server.id, name: nameOf(server) }));
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return names.length > MAX_NAMES ? `${shown} and ${String(names.length - MAX_NAMES)} more` : shown;
}
