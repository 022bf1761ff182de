import { readFile } from 'node:fs/promises';
import { deriveAgentToken, hashToken } from '#common/crypto/tokens.ts';
import type { Sealer } from '#common/crypto/seal.ts';
import type { Database } from '#common/db/prisma.ts';
import type { VariableValue } from '#common/domain/variables.ts';
import { loadCatalogue, type CatalogueOptions, type CataloguePlaybook } from '#common/playbooks/catalogue.ts';
import type { RunHost, RunKey, RunPlan } from '#activities/ansible/run-plan.ts';
import { requireAuthorizedDeployment, type AuthorizedInput } from './authorize-deployment.ts';

export interface RunPlanDeps {
  database: Database;
  masterKey: Buffer;
  sealer: Sealer;
  catalogue: CatalogueOptions;
  publicUrl: string;
  caFile?: string | undefined;
  allowLocalTargets: boolean;
}

export class PlaybookMissingError extends Error {
  readonly code = 'playbook_missing';
  constructor(id: string) {
    super(`The playbook ${id} is not part of this installation any more.`);
    this.name = 'PlaybookMissingError';
  }
}

const FORKS = 100;

/**
 * Reads everything a run needs from the database, after checking that the api signed it: targets, unsealed keys and variables, agent tokens.
 * Throws RunNotAuthorizedError, DeploymentMissingError, PlaybookMissingError, SealError.
 */
export function createRunPlanLoader(deps: RunPlanDeps): (input: AuthorizedInput) => Promise<RunPlan> {
  const { database, masterKey, sealer } = deps;
  return async (input) => {
    const deployment = await requireAuthorizedDeployment(database, masterKey, input);
    const playbook = (await loadCatalogue(deps.catalogue)).get(deployment.playbook);
    if (!playbook) throw new PlaybookMissingError(deployment.playbook);
    const servers = await database.server.findMany({
      where: { id: { in: deployment.servers.map((host) => host.serverId) }, watchOnly: false, isDemo: false },
      include: { sshKey: true },
    });
    const byId = new Map(servers.map((server) => [server.id, server]));
    const caPem = deps.caFile ? await readFile(deps.caFile, 'utf8') : '';
    const hosts: RunHost[] = [];
    const keys = new Map<string, RunKey>();
    const secrets: string[] = [];
    for (const { serverId } of deployment.servers) {
      const server = byId.get(serverId);
      if (!server) continue;
      const agentToken = deriveAgentToken(masterKey, server.id, server.tokenGeneration);
      secrets.push(agentToken);
      const { sshKey } = server;
      if (sshKey && !keys.has(sshKey.id)) {
        const place = { table: 'ssh_keys', column: 'private_key', row: sshKey.id };
        const privateKey = sealer.open(sshKey.sealedPrivateKey, place);
        keys.set(sshKey.id, { id: sshKey.id, publicKey: sshKey.publicKey, privateKey });
      }
      hosts.push({
        id: server.id,
        name: server.displayName ?? server.hostname,
        address: server.sshHost,
        port: server.sshPort,
        user: server.sshUsername,
        keyId: sshKey?.id ?? null,
        // A key that was seen but not accepted blocks the host until somebody accepts it.
        hostKey: server.seenHostKey === null ? server.hostKey : null,
        isLocal: server.sshHost === 'local' && deps.allowLocalTargets,
        variables: {
          admiral_tags: server.tags,
          admiral_metadata: server.metadata,
          nodepulse_server_id: server.serverId,
          nodepulse_endpoint: deps.publicUrl,
          nodepulse_agent_token: agentToken,
          nodepulse_agent_token_fingerprint: hashToken(agentToken),
          nodepulse_ca_pem: caPem,
        },
      });
    }
    const { variables, opened } = openVariables(sealer, playbook, deployment.id, deployment.variables);
    return {
      playbookFile: playbook.playbookFile,
      rolesDir: playbook.rolesDir,
      playbookHash: deployment.playbookHash,
      repeatable: playbook.meta.repeatable,
      hosts,
      variables,
      keys: [...keys.values()],
      secrets: [...secrets, ...opened],
      forks: FORKS,
    };
  };
}

/** Password variables are stored sealed; every value of them is also returned for masking. */
function openVariables(sealer: Sealer, playbook: CataloguePlaybook, deploymentId: string, stored: unknown) {
  const variables: Record<string, VariableValue> = { ...(stored as Record<string, VariableValue>) };
  const opened: string[] = [];
  for (const { name, type } of playbook.meta.variables) {
    const sealed = variables[name];
    if (type !== 'password' || typeof sealed !== 'string') continue;
    const plain = sealer.open(sealed, { table: 'deployments', column: `variables.${name}`, row: deploymentId });
    variables[name] = plain;
    opened.push(plain);
  }
  return { variables, opened };
}
