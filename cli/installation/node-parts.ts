import { join } from 'node:path';
import { PART_SECRETS, PART_SETTINGS, type NodePart } from '#common/config/parts.ts';
import type { SecretName } from '#common/config/read-secrets.ts';
import type { SettingName } from '#common/config/settings.ts';
import { basicEnvironment } from '#common/process/run-command.ts';
import { rootCertificateFile, venvBin, type InstallationPlan, type PortName } from './installation-plan.ts';
import type { PartSpec } from './part.ts';

interface NodePartDescription {
  /** As people and `admiral status` call it. */
  name: string;
  /** Its file in the build folder. */
  entry: string;
  part: NodePart;
  port?: PortName;
  databaseUser?: 'service' | 'metrics';
  valkeyUser?: 'api' | 'worker' | 'ingest' | 'digest';
}

/** Our own processes, in the order in which status shows them. */
export const NODE_PARTS: readonly NodePartDescription[] = [
  { name: 'api', entry: 'api.js', part: 'api', port: 'api', databaseUser: 'service', valkeyUser: 'api' },
  { name: 'workflow-worker', entry: 'workflow-worker.js', part: 'workflowWorker' },
  {
    name: 'ansible-worker',
    entry: 'ansible-worker.js',
    part: 'ansibleWorker',
    databaseUser: 'service',
    valkeyUser: 'worker',
  },
  { name: 'ingest', entry: 'ingest.js', part: 'ingest', port: 'ingest', databaseUser: 'metrics', valkeyUser: 'ingest' },
  { name: 'digest', entry: 'digest.js', part: 'digest', databaseUser: 'metrics', valkeyUser: 'digest' },
  { name: 'app', entry: 'app.js', part: 'app', port: 'app' },
];

/** How one of our own processes is started: an allow-listed environment, secrets by descriptor, readiness by message. */
export function nodePart(plan: InstallationPlan, description: NodePartDescription): PartSpec {
  const { root, version } = plan;
  const { name, entry, port } = description;
  return {
    name,
    command: () => ({
      file: process.execPath,
      args: ['--enable-source-maps', join(root, 'build', entry)],
      env: { ...basicEnvironment(), ...partEnvironment(plan, description) },
      cwd: root,
      secrets: partSecrets(plan, description),
    }),
    ready: 'message',
    stopSignal: 'SIGTERM',
    ports: port ? { http: plan.ports[port] } : {},
    version: () => version,
  };
}

/** The settings that this part may know (PART_SETTINGS), and no others. */
export function partEnvironment(plan: InstallationPlan, description: NodePartDescription): Record<string, string> {
  const { root, home, ports, settings } = plan;
  const bin = venvBin(root);
  const known: Partial<Record<SettingName, string>> = {
    NODE_ENV: 'production',
    ...settings.passedOn,
    ADMIRAL_VERSION: plan.version,
    ADMIRAL_HOME: home.folder,
    ADMIRAL_PUBLIC_URL: settings.publicUrl,
    ADMIRAL_BIND: '127.0.0.1',
    ...(description.port && { ADMIRAL_PORT: String(ports[description.port]) }),
    DATABASE_HOST: '127.0.0.1',
    DATABASE_PORT: String(ports.postgres),
    DATABASE_NAME: 'admiral',
    ...(description.databaseUser && { DATABASE_USER: `admiral_${description.databaseUser}` }),
    VALKEY_HOST: '127.0.0.1',
    VALKEY_PORT: String(ports.valkey),
    ...(description.valkeyUser && { VALKEY_USER: description.valkeyUser }),
    TEMPORAL_ADDRESS: `127.0.0.1:${String(ports.temporal)}`,
    TEMPORAL_NAMESPACE: 'default',
    API_URL: `http://127.0.0.1:${String(ports.api)}`,
    ADMIRAL_ANSIBLE_DIR: join(root, 'ansible'),
    ADMIRAL_ANSIBLE_PLAYBOOK: join(bin, 'ansible-playbook'),
    ADMIRAL_PYTHON: join(bin, 'python3'),
    ADMIRAL_WORKFLOW_BUNDLE: join(root, 'build', 'workflows.js'),
    ...(settings.tls.kind === 'internal' && { ADMIRAL_CA_FILE: rootCertificateFile(home) }),
    ...(settings.caFile !== undefined && { ADMIRAL_CA_FILE: settings.caFile }),
  };
  const allowed = PART_SETTINGS[description.part] as readonly SettingName[];
  return Object.fromEntries(allowed.flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]]])));
}

function partSecrets(plan: InstallationPlan, description: NodePartDescription): Record<string, string> | undefined {
  const { secrets } = plan;
  const known: Partial<Record<SecretName, string>> = {
    masterKey: secrets['master-key'],
    ...(description.databaseUser && { databasePassword: secrets[`database-${description.databaseUser}`] }),
    ...(description.valkeyUser && { valkeyPassword: secrets[`valkey-${description.valkeyUser}`] }),
    proxySecret: secrets.proxy,
  };
  const names = PART_SECRETS[description.part] as readonly SecretName[];
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, known[name] ?? '']));
}
