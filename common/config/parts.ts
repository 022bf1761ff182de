import { parseConfig } from './parse.ts';

const COMMON = ['NODE_ENV', 'ADMIRAL_LOG_LEVEL', 'ADMIRAL_VERSION'] as const;
const DATABASE = ['DATABASE_HOST', 'DATABASE_PORT', 'DATABASE_NAME', 'DATABASE_USER'] as const;
const VALKEY = ['VALKEY_HOST', 'VALKEY_PORT', 'VALKEY_USER'] as const;
const TEMPORAL = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'] as const;
const ANSIBLE = ['ADMIRAL_HOME', 'ADMIRAL_ANSIBLE_DIR', 'ADMIRAL_ANSIBLE_PLAYBOOK', 'ADMIRAL_PYTHON'] as const;

/** Settings of each process that is not secret, by part: also what the starter may put into its environment. */
export const PART_SETTINGS = {
  api: [
    ...COMMON,
    ...DATABASE,
    ...VALKEY,
    ...TEMPORAL,
    'ADMIRAL_HOME',
    'ADMIRAL_ANSIBLE_DIR',
    'ADMIRAL_BIND',
    'ADMIRAL_PORT',
    'ADMIRAL_PUBLIC_URL',
    'ADMIRAL_CA_FILE',
    'ADMIRAL_TEST_LOCAL_TARGETS',
  ],
  ansibleWorker: [
    ...COMMON,
    ...DATABASE,
    ...VALKEY,
    ...TEMPORAL,
    ...ANSIBLE,
    'ADMIRAL_PUBLIC_URL',
    'ADMIRAL_CA_FILE',
    'ADMIRAL_TEST_LOCAL_TARGETS',
  ],
  workflowWorker: [...COMMON, ...TEMPORAL, 'ADMIRAL_WORKFLOW_BUNDLE'],
  ingest: [
    ...COMMON,
    ...DATABASE,
    ...VALKEY,
    'ADMIRAL_BIND',
    'ADMIRAL_PORT',
    'SERVER_ID_CACHE_TTL',
    'ADMIRAL_ACCEPT_REPORTS_WITHOUT_TOKEN',
  ],
  digest: [...COMMON, ...DATABASE, ...VALKEY, 'ADMIRAL_METRICS_KEEP_DAYS'],
  app: [...COMMON, 'ADMIRAL_BIND', 'ADMIRAL_PORT', 'ADMIRAL_PUBLIC_URL', 'API_URL'],
} as const;
export type NodePart = keyof typeof PART_SETTINGS;

/** Secrets that each process is given. The master key reaches api and Ansible worker alone. */
export const PART_SECRETS = {
  api: ['masterKey', 'databasePassword', 'valkeyPassword', 'proxySecret'],
  ansibleWorker: ['masterKey', 'databasePassword', 'valkeyPassword'],
  workflowWorker: [],
  ingest: ['databasePassword', 'valkeyPassword', 'proxySecret'],
  digest: ['databasePassword', 'valkeyPassword'],
  app: [],
} as const;

export const loadApiConfig = (env?: NodeJS.ProcessEnv) => parseConfig(PART_SETTINGS.api, PART_SECRETS.api, env);
export const loadWorkerConfig = (env?: NodeJS.ProcessEnv) =>
  parseConfig(PART_SETTINGS.ansibleWorker, PART_SECRETS.ansibleWorker, env);
export const loadWorkflowWorkerConfig = (env?: NodeJS.ProcessEnv) =>
  parseConfig(PART_SETTINGS.workflowWorker, PART_SECRETS.workflowWorker, env);
export const loadIngestConfig = (env?: NodeJS.ProcessEnv) =>
  parseConfig(PART_SETTINGS.ingest, PART_SECRETS.ingest, env);
export const loadDigestConfig = (env?: NodeJS.ProcessEnv) =>
  parseConfig(PART_SETTINGS.digest, PART_SECRETS.digest, env);
export const loadAppConfig = (env?: NodeJS.ProcessEnv) => parseConfig(PART_SETTINGS.app, PART_SECRETS.app, env);

export type ApiConfig = ReturnType<typeof loadApiConfig>;
export type WorkerConfig = ReturnType<typeof loadWorkerConfig>;
