import { closeSync, readFileSync } from 'node:fs';

/** Setting names of everything secret, and which part may be given it. */
export const SECRET_NAMES = ['masterKey', 'databasePassword', 'valkeyPassword', 'proxySecret'] as const;
export type SecretName = (typeof SECRET_NAMES)[number];
export type Secrets = Partial<Record<SecretName, string>>;

const FILE_SETTINGS: Record<SecretName, string> = {
  masterKey: 'ADMIRAL_MASTER_KEY_FILE',
  databasePassword: 'ADMIRAL_DATABASE_PASSWORD_FILE',
  valkeyPassword: 'ADMIRAL_VALKEY_PASSWORD_FILE',
  proxySecret: 'ADMIRAL_PROXY_SECRET_FILE',
};

/**
 * Secrets of this process: one JSON object on the inherited descriptor `ADMIRAL_SECRETS_FD` (read once, then closed),
 * or each from the file that its `…_FILE` setting names. Never from the environment itself.
 */
export function readSecrets(env: NodeJS.ProcessEnv): Secrets {
  if (env.ADMIRAL_SECRETS_FD !== undefined) {
    const descriptor = Number(env.ADMIRAL_SECRETS_FD);
    const text = readFileSync(descriptor, 'utf8');
    closeSync(descriptor);
    return JSON.parse(text) as Secrets;
  }
  const secrets: Secrets = {};
  for (const name of SECRET_NAMES) {
    const file = env[FILE_SETTINGS[name]];
    if (file) secrets[name] = readFileSync(file, 'utf8').trim();
  }
  return secrets;
}
