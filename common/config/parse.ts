import { z } from 'zod';
import { readSecrets, type SecretName, type Secrets } from './read-secrets.ts';
import { SETTINGS, type SettingName } from './settings.ts';

/** The environment does not hold what this process needs. The message names each setting and the fix. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
  constructor(problems: string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

type Parsed<S extends SettingName, R extends SecretName> = { [K in S]: z.output<(typeof SETTINGS)[K]> } & {
  secrets: Record<R, string>;
};

/**
 * The settings and secrets of one process, checked. Throws ConfigError with every problem at once.
 * A production configuration refuses test settings.
 */
export function parseConfig<S extends SettingName, R extends SecretName>(
  settings: readonly S[],
  secretNames: readonly R[],
  env: NodeJS.ProcessEnv = process.env,
): Parsed<S, R> {
  const shape = Object.fromEntries(settings.map((name) => [name, SETTINGS[name]]));
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = z.object(shape).safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.map((i) => `${i.path.join('.')} ${i.message}`);
  const secrets: Secrets = secretNames.length > 0 ? readSecrets(env) : {};
  for (const name of secretNames) {
    if (!secrets[name]) problems.push(`the secret ${name} is missing: pass it by descriptor or by its _FILE setting`);
  }
  if (env.NODE_ENV === 'production' && env.ADMIRAL_TEST_LOCAL_TARGETS === '1') {
    problems.push('ADMIRAL_TEST_LOCAL_TARGETS is for tests alone: remove it, or set NODE_ENV=test');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const chosen = Object.fromEntries(secretNames.map((name) => [name, secrets[name]]));
  return { ...parsed.data, secrets: chosen } as Parsed<S, R>;
}
