import { chmod, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveAgentToken } from '#common/crypto/tokens.ts';
import type { ApiDeps } from '../deps.ts';
import { RefusedError } from '../http/refused-error.ts';

type Needs = Pick<ApiDeps, 'home' | 'caFile' | 'publicUrl' | 'masterKey'>;

const folderOf = ({ home }: Pick<ApiDeps, 'home'>) => join(home, 'watch');

/**
 * The starter makes the folder and runs the agent as long as a configuration is in it; without a starter (in containers) there is none.
 * Throws watch_unavailable.
 */
export async function requireAgentRunner(deps: Pick<ApiDeps, 'home'>): Promise<void> {
  const found = await stat(folderOf(deps)).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new RefusedError(
    'watch_unavailable',
    'Only an installation that was started with "npm start" can watch its own machine: add the machine as a server instead.',
  );
}

/** Hands the agent of this machine its token and, last, its configuration, which makes the starter run it. */
export async function writeAgentFiles(
  deps: Needs,
  server: { id: string; serverId: string; tokenGeneration: number },
): Promise<void> {
  const folder = folderOf(deps);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replace(join(folder, 'token'), `${deriveAgentToken(deps.masterKey, server.id, server.tokenGeneration)}\n`);
  const text = (value: string) => JSON.stringify(value);
  const config = [
    '# Written by Node Pulse Admiral: it watches its own machine.',
    'server:',
    `  endpoint: ${text(deps.publicUrl.origin)}`,
    '  timeout: 10s',
    `  token_file: ${text(join(folder, 'token'))}`,
    ...(deps.caFile ? [`  ca_file: ${text(deps.caFile)}`] : []),
    'agent:',
    `  server_id: ${text(server.serverId)}`,
    '  interval: 15s',
    // The agent reads /proc itself.
    'exporters:',
    '  - name: node_exporter',
    '    enabled: false',
    'buffer:',
    // One folder per server: reports of an earlier one are never sent as another's.
    `  path: ${text(join(folder, server.id, 'buffer'))}`,
    '  retention_hours: 24',
    '  max_size_mb: 16',
    '',
  ];
  await replace(join(folder, 'agent.yml'), config.join('\n'));
}

/** Takes the configuration away: the starter ends the agent and empties its folder. */
export async function removeAgentFiles(deps: Pick<ApiDeps, 'home'>): Promise<void> {
  await rm(join(folderOf(deps), 'agent.yml'), { force: true });
  await rm(join(folderOf(deps), 'token'), { force: true });
}

/** Whole or not at all, readable for this user alone. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
}
