import type { SshKey } from '#common/contracts/ssh-keys.ts';

interface Row {
  id: string;
  name: string;
  type: string;
  publicKey: string;
  fingerprint: string;
  createdAt: Date;
  _count: { servers: number };
}

/** Never takes the private part, so that it cannot give it. */
export function presentSshKey(row: Row): SshKey {
  const { id, name, type, publicKey, fingerprint } = row;
  return {
    id,
    name,
    type,
    publicKey,
    fingerprint,
    serverCount: row._count.servers,
    createdAt: row.createdAt.toISOString(),
  };
}

/** Columns of a key that may be read for an answer. */
export const SSH_KEY_COLUMNS = {
  id: true,
  name: true,
  type: true,
  publicKey: true,
  fingerprint: true,
  createdAt: true,
  _count: { select: { servers: true } },
} as const;
