import type { ById } from '../http/params.ts';
import { notFound, RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';

const MAX_NAMES = 10;

/** Refused while a server uses the key. */
export async function deleteSshKey({ params, change }: Context<ById>): Promise<undefined> {
  await change(async (tx, audit) => {
    await tx.$queryRaw`SELECT id FROM admiral.ssh_keys WHERE id = ${params.id}::uuid FOR UPDATE`;
    const key = await tx.sshKey.findUnique({
      where: { id: params.id },
      select: { name: true, fingerprint: true, servers: { select: { hostname: true, displayName: true } } },
    });
    if (!key) throw notFound('SSH key');
    if (key.servers.length > 0) {
      const names = key.servers.slice(0, MAX_NAMES).map((server) => server.displayName ?? server.hostname);
      const more = key.servers.length > MAX_NAMES ? ` and ${String(key.servers.length - MAX_NAMES)} more` : '';
      throw new RefusedError('in_use', `This key is used by ${names.join(', ')}${more}: give them another key first.`);
    }
    await tx.sshKey.delete({ where: { id: params.id } });
    await audit({
      action: 'ssh_key.delete',
      objectKind: 'ssh_key',
      objectId: params.id,
      objectName: key.name,
      details: { fingerprint: key.fingerprint },
    });
  });
}
