import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { startApi, type RunningApi } from '#api/start-api.ts';
import { hashPassword } from '#common/crypto/password.ts';
import { hashToken, newToken } from '#common/crypto/tokens.ts';
import { createPrisma, type Database } from '#common/db/prisma.ts';
import type { Role } from '#common/domain/permissions.ts';
import { createLogger } from '#common/logging/logger.ts';
import { freePort } from '#cli/engines/free-port.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from './postgres.ts';
import { startTestTemporal, type TestTemporal } from './temporal.ts';
import { startTestValkey, type TestValkey } from './valkey.ts';

export const TEST_PASSWORD = 'correct horse battery staple';
/** What browsers would use; the api itself listens on another port. */
export const TEST_PUBLIC_URL = 'http://localhost:3999';

export interface TestAnswer {
  status: number;
  headers: Headers;
  /** Parsed JSON, or undefined without a body. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into many shapes
  body: any;
  text: string;
}

export interface CallOptions {
  token?: string;
  cookie?: string;
  /** Default: the public origin for requests with a cookie. `null` sends none. */
  origin?: string | null;
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: string | Uint8Array;
  headers?: Record<string, string>;
}

export interface TestApi {
  url: string;
  masterKey: Buffer;
  proxySecret: string;
  database: TestDatabase;
  db: Database;
  valkey: Redis;
  /** Every answer's text so far: what leaves the api. */
  answers: string[];
  call: (method: string, path: string, options?: CallOptions) => Promise<TestAnswer>;
  /** A token of the role, made as the command line does. */
  tokenFor: (role: Role) => Promise<string>;
  /** A person who can sign in with TEST_PASSWORD. */
  createUser: (email: string, role: Role) => Promise<{ id: string }>;
  /** The cookie of a new session of that person. */
  signIn: (email: string) => Promise<string>;
  stop: () => Promise<void>;
}

export interface TestApiParts {
  postgres: TestPostgres;
  valkey: Pick<TestValkey, 'host' | 'port' | 'password' | 'options'>;
  temporal: Pick<TestTemporal, 'address' | 'namespace'>;
  /** Default: as tests need it. */
  testLocalTargets?: boolean;
  publicUrl?: string;
  /** Default: the one of the repository. */
  ansibleDir?: string;
}

/** The real api on a free port, with a database of its own. */
export async function startTestApi(parts: TestApiParts): Promise<TestApi> {
  const database = await parts.postgres.createDatabase();
  const db = createPrisma(database.service);
  const valkey = new Redis(parts.valkey.options);
  valkey.on('error', () => undefined);
  const masterKey = randomBytes(32);
  const proxySecret = randomBytes(18).toString('base64url');
  const publicUrl = parts.publicUrl ?? TEST_PUBLIC_URL;
  const [temporalHost = '', temporalPort = ''] = parts.temporal.address.split(':');
  const config = {
    NODE_ENV: 'test',
    ADMIRAL_LOG_LEVEL: 'error',
    ADMIRAL_VERSION: '0.0.0-test',
    DATABASE_HOST: parts.postgres.host,
    DATABASE_PORT: parts.postgres.port,
    DATABASE_NAME: database.name,
    DATABASE_USER: 'admiral_service',
    VALKEY_HOST: parts.valkey.host,
    VALKEY_PORT: parts.valkey.port,
    VALKEY_USER: 'default',
    TEMPORAL_ADDRESS: `${temporalHost}:${temporalPort}`,
    TEMPORAL_NAMESPACE: parts.temporal.namespace,
    ADMIRAL_HOME: '/nonexistent',
    ADMIRAL_CA_FILE: undefined,
    ADMIRAL_ANSIBLE_DIR: parts.ansibleDir ?? fileURLToPath(new URL('../../ansible', import.meta.url)),
    ADMIRAL_BIND: '127.0.0.1',
    ADMIRAL_PORT: await freePort(),
    ADMIRAL_PUBLIC_URL: publicUrl,
    ADMIRAL_TEST_LOCAL_TARGETS: parts.testLocalTargets ?? true,
    secrets: {
      masterKey: masterKey.toString('hex'),
      databasePassword: parts.postgres.passwords.admiral_service,
      valkeyPassword: parts.valkey.password,
      proxySecret,
    },
  } as const;
  // Expected faults are many here; ADMIRAL_TEST_LOG=1 shows them.
  const level = process.env.ADMIRAL_TEST_LOG === '1' ? 'debug' : 'fatal';
  const logger = createLogger('api', level, Object.values(config.secrets));
  const api: RunningApi = await startApi(config, logger);
  const url = `http://127.0.0.1:${String(api.port)}`;
  const answers: string[] = [];

  const call: TestApi['call'] = async (method, path, options = {}) => {
    const { token, cookie, body, raw } = options;
    const origin =
      options.origin === undefined ? (cookie === undefined ? null : new URL(publicUrl).origin) : options.origin;
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(cookie !== undefined && { cookie }),
        ...(origin !== null && { origin }),
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(payload !== undefined && { body: payload as BodyInit }),
    });
    const text = await response.text();
    answers.push(text, JSON.stringify([...response.headers]));
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? (JSON.parse(text) as unknown) : undefined,
    };
  };

  return {
    url,
    masterKey,
    proxySecret,
    database,
    db,
    valkey,
    answers,
    call,
    tokenFor: async (role) => {
      const token = newToken('api');
      await db.apiToken.create({
        data: { name: `${role} token`, role, tokenHash: hashToken(token), prefix: token.slice(0, 11) },
      });
      return token;
    },
    createUser: async (email, role) =>
      db.user.create({ data: { email, name: email, role, passwordHash: await hashPassword(TEST_PASSWORD) } }),
    signIn: async (email) => {
      const answer = await call('POST', '/api/auth/login', { body: { email, password: TEST_PASSWORD } });
      const cookie = answer.headers.get('set-cookie')?.split(';')[0];
      if (cookie === undefined) throw new Error(`${email} could not sign in: ${answer.text}`);
      return cookie;
    },
    stop: async () => {
      await api.stop();
      valkey.disconnect();
      await db.$disconnect();
      await database.drop();
    },
  };
}

export interface TestParts {
  postgres: TestPostgres;
  valkey: TestValkey;
  temporal: TestTemporal;
  stop: () => Promise<void>;
}

/** What the api stands on, all real. */
export async function startTestParts(): Promise<TestParts> {
  const [postgres, valkey, temporal] = await Promise.all([startTestPostgres(), startTestValkey(), startTestTemporal()]);
  return {
    postgres,
    valkey,
    temporal,
    stop: async () => {
      await Promise.all([postgres.stop(), valkey.stop(), temporal.stop()]);
    },
  };
}
