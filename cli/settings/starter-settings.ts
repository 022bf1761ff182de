import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { SETTINGS, type SettingName } from '#common/config/settings.ts';
import { readEnvFile } from './env-file.ts';
import { UsageError } from './usage-error.ts';

/** Names and values, as a process is given them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings of parts that a person may give the starter; the starter checks them and passes them on. */
const PASSED_ON = [
  'NODE_ENV',
  'ADMIRAL_LOG_LEVEL',
  'ADMIRAL_TEST_LOCAL_TARGETS',
  'SERVER_ID_CACHE_TTL',
  'ADMIRAL_ACCEPT_REPORTS_WITHOUT_TOKEN',
  'ADMIRAL_METRICS_KEEP_DAYS',
] as const satisfies readonly SettingName[];

/** Settings that hold a secret: read once, and removed from the environment before any child starts. */
export const SECRET_SETTINGS = ['ADMIRAL_MASTER_KEY', 'ADMIRAL_ADMIN_PASSWORD'] as const;
export type GivenSecrets = Partial<Record<(typeof SECRET_SETTINGS)[number], string>>;

export type Tls = { kind: 'none' } | { kind: 'files'; cert: string; key: string } | { kind: 'internal' };

export interface StarterSettings {
  /** Absolute path of the data folder. */
  home: string;
  httpPort: number;
  /** The address that the front door listens on. */
  listen: string;
  /** Origin that browsers and agents use, without a trailing slash. */
  publicUrl: string;
  tls: Tls;
  /** Certificates that agents and workers trust for the public address, where it is not one that everybody knows. */
  caFile: string | undefined;
  masterKey: string | undefined;
  admin: { email: string; password: string } | undefined;
  passedOn: Partial<Record<SettingName, string>>;
}

/** The data folder: `ADMIRAL_HOME`, or `.admiral` in the checkout. */
export function homeFolder(root: string, env: Environment): string {
  return env.ADMIRAL_HOME ? resolve(env.ADMIRAL_HOME) : join(root, '.admiral');
}

/**
 * The settings of `admiral start`: from the environment, then from `.env` in the data folder, then defaults.
 * Throws UsageError with a sentence for each wrong one.
 */
export function readStarterSettings(root: string, environment: Environment, secrets: GivenSecrets): StarterSettings {
  const home = homeFolder(root, environment);
  const set = (source: Environment) => Object.fromEntries(Object.entries(source).filter(([, v]) => v !== ''));
  const env: Environment = { ...readEnvFile(join(home, '.env')), ...set(environment), ...set(secrets) };
  const httpPort = readPort('ADMIRAL_HTTP_PORT', env.ADMIRAL_HTTP_PORT ?? '3000');
  const listen = env.ADMIRAL_LISTEN ?? '127.0.0.1';
  if (isIP(listen) === 0 && listen !== 'localhost') {
    throw new UsageError(`ADMIRAL_LISTEN must be an IP address such as 127.0.0.1 or 0.0.0.0, not "${listen}".`);
  }
  const tls = readTls(env, listen);
  return {
    home,
    httpPort,
    listen: listen === 'localhost' ? '127.0.0.1' : listen,
    tls,
    publicUrl: readPublicUrl(env.ADMIRAL_PUBLIC_URL, listen, httpPort, tls),
    caFile: readCaFile(env),
    masterKey: readMasterKey(env),
    admin: readAdmin(env),
    passedOn: readPassedOn(env),
  };
}

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}

function readPort(name: string, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new UsageError(`${name} must be a port number from 1 to 65535, not "${text}".`);
  }
  return port;
}

function readTls(env: Environment, listen: string): Tls {
  const { ADMIRAL_TLS_CERT: cert, ADMIRAL_TLS_KEY: key } = env;
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError('ADMIRAL_TLS_CERT and ADMIRAL_TLS_KEY belong together: set both, or neither.');
  }
  if (cert !== undefined && key !== undefined) {
    for (const file of [cert, key]) {
      if (!existsSync(file)) throw new UsageError(`The TLS file ${file} does not exist: correct its path.`);
    }
    return { kind: 'files', cert: resolve(cert), key: resolve(key) };
  }
  return isLoopback(listen) ? { kind: 'none' } : { kind: 'internal' };
}

function readPublicUrl(given: string | undefined, listen: string, port: number, tls: Tls): string {
  if (given === undefined) {
    if (listen === '0.0.0.0' || listen === '::') {
      throw new UsageError(
        `ADMIRAL_LISTEN=${listen} needs ADMIRAL_PUBLIC_URL: the address that browsers and agents use, such as https://admiral.example.com:${String(port)}.`,
      );
    }
    const host = isLoopback(listen) ? 'localhost' : isIP(listen) === 6 ? `[${listen}]` : listen;
    return `${tls.kind === 'none' ? 'http' : 'https'}://${host}:${String(port)}`;
  }
  const parsed = SETTINGS.ADMIRAL_PUBLIC_URL.safeParse(given);
  const url = parsed.success ? new URL(given) : undefined;
  if (url === undefined || (url.pathname !== '/' && url.pathname !== '') || url.search || url.hash || url.username) {
    throw new UsageError(
      `ADMIRAL_PUBLIC_URL must be an origin such as https://admiral.example.com, without a path, not "${given}".`,
    );
  }
  if (tls.kind !== 'none' && url.protocol !== 'https:') {
    throw new UsageError(`ADMIRAL_PUBLIC_URL must begin with https:// where the front door serves HTTPS.`);
  }
  return url.origin;
}

function readCaFile(env: Environment): string | undefined {
  const file = env.ADMIRAL_CA_FILE;
  if (file !== undefined && !existsSync(file)) {
    throw new UsageError(`The certificate file ${file} does not exist: correct ADMIRAL_CA_FILE.`);
  }
  return file === undefined ? undefined : resolve(file);
}

/** The master key as it was given, or undefined. Throws UsageError. */
export function readMasterKey(env: Environment): string | undefined {
  const { ADMIRAL_MASTER_KEY: value, ADMIRAL_MASTER_KEY_FILE: file } = env;
  if (value && file) {
    throw new UsageError('ADMIRAL_MASTER_KEY and ADMIRAL_MASTER_KEY_FILE are both set: keep one of them.');
  }
  if (!file) return value ? value.trim() : undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new UsageError(`The master key file ${file} cannot be read: correct ADMIRAL_MASTER_KEY_FILE.`);
  }
}

function readAdmin(env: Environment): StarterSettings['admin'] {
  const { ADMIRAL_ADMIN_EMAIL: email, ADMIRAL_ADMIN_PASSWORD: password } = env;
  if (email === undefined && password === undefined) return undefined;
  if (email === undefined || password === undefined) {
    throw new UsageError('ADMIRAL_ADMIN_EMAIL and ADMIRAL_ADMIN_PASSWORD belong together: set both, or neither.');
  }
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw new UsageError(`ADMIRAL_ADMIN_EMAIL must be an e-mail address, not "${email}".`);
  }
  if (password.length < 12) throw new UsageError('ADMIRAL_ADMIN_PASSWORD must have at least 12 characters.');
  return { email: email.toLowerCase(), password };
}

function readPassedOn(env: Environment): StarterSettings['passedOn'] {
  const passedOn: StarterSettings['passedOn'] = {};
  for (const name of PASSED_ON) {
    const value = env[name];
    if (value === undefined) continue;
    const parsed = SETTINGS[name].safeParse(value);
    if (!parsed.success) {
      throw new UsageError(`${name} ${parsed.error.issues[0]?.message ?? 'is wrong'}, not "${value}".`);
    }
    passedOn[name] = value;
  }
  if (passedOn.ADMIRAL_TEST_LOCAL_TARGETS === '1' && (passedOn.NODE_ENV ?? 'production') === 'production') {
    throw new UsageError('ADMIRAL_TEST_LOCAL_TARGETS is for tests alone: remove it, or set NODE_ENV=test.');
  }
  return passedOn;
}
