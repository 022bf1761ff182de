import { join } from 'node:path';
import type { InstallationSecrets } from '../home/secrets.ts';
import type { Home } from '../home/layout.ts';
import type { StarterSettings } from '../settings/starter-settings.ts';

/** Names of the ports that are chosen free on loopback. */
export const PORT_NAMES = [
  'postgres',
  'valkey',
  'temporal',
  'temporalHttp',
  'temporalUi',
  'temporalMetrics',
  'api',
  'ingest',
  'app',
] as const;
export type PortName = (typeof PORT_NAMES)[number];

/** Everything that is decided before the first process starts. */
export interface InstallationPlan {
  /** The checkout. */
  root: string;
  version: string;
  home: Home;
  settings: StarterSettings;
  secrets: InstallationSecrets;
  ports: Record<PortName, number>;
  caddyAdminSocket: string;
}

export const venvBin = (root: string) => join(root, '.tools', 'venv', 'bin');

/** Where the root certificate of Caddy's own authority is found, for people and for the hosts' agents. */
export const rootCertificateFile = (home: Home) => join(home.caddy, 'root.crt');
