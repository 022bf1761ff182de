import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const suites = ['bookworm', 'trixie'] as const;
/** Debian 12 (bookworm) or Debian 13 (trixie). */
export type Suite = (typeof suites)[number];

/** Installed in every tree. */
export const installedPackages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'python3',
  'sudo',
  'iproute2',
  'ca-certificates',
  'procps',
] as const;

/** Downloaded but not installed: installing them in a host then takes no download. */
export const downloadedPackages = ['prometheus-node-exporter', 'prometheus-process-exporter'] as const;

/** The user every host has besides root: logs in with the fleet's key, sudo without a password. */
export const loginUser = 'ops';

/** Name of a suite's tree in the cache; another one when the packages or the preparation change. */
export function treeName(suite: Suite): string {
  const preparation = readFileSync(new URL('./prepare-tree.ts', import.meta.url), 'utf8');
  const recipe = JSON.stringify([suite, installedPackages, downloadedPackages, loginUser, preparation]);
  return `${suite}-${createHash('sha256').update(recipe).digest('hex').slice(0, 16)}`;
}
