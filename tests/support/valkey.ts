import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis, type RedisOptions } from 'ioredis';
import { freePort } from '#cli/engines/free-port.ts';
import { endWithParent } from './end-with-parent.ts';
import { makeTempFolder } from './temp-folder.ts';
import { startTestProcess, type TestProcess } from './test-process.ts';

export interface TestValkeyOptions {
  /** Further lines of the ACL file, such as `user ingest on >password ~nodepulse:* &admiral:* +@all`. */
  acl?: readonly string[];
  /** Further lines of the configuration, such as `maxmemory 10mb`. */
  config?: readonly string[];
}

export interface TestValkey {
  host: string;
  port: number;
  /** Password of the user `default`, who may do everything. */
  password: string;
  /** For `new Redis(valkey.options)`. */
  options: RedisOptions;
  /** `kill -9` of the server; `restart` brings it back with the same port and data. */
  kill: () => Promise<void>;
  restart: () => Promise<void>;
  stop: () => Promise<void>;
}

const HOST = '127.0.0.1';

/** A real Valkey or Redis with an append-only file in a temporary folder, on a free port of loopback. It ends with the test process. */
export async function startTestValkey(given: TestValkeyOptions = {}): Promise<TestValkey> {
  const folder = await makeTempFolder('valkey');
  const port = await freePort();
  const password = randomBytes(18).toString('base64url');
  const options = { host: HOST, port, username: 'default', password };
  const acl = [`user default on >${password} ~* &* +@all`, ...(given.acl ?? [])];
  const aclFile = join(folder, 'users.acl');
  await writeFile(aclFile, `${acl.join('\n')}\n`, { mode: 0o600 });
  const config = [
    `bind ${HOST}`,
    `port ${String(port)}`,
    `dir ${folder}`,
    `aclfile ${aclFile}`,
    'appendonly yes',
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    'save ""',
    'daemonize no',
    ...(given.config ?? []),
  ];
  const configFile = join(folder, 'server.conf');
  await writeFile(configFile, `${config.join('\n')}\n`, { mode: 0o600 });
  const start = () => startServer([valkeyServer(), configFile], join(folder, 'server.log'), options);
  let server = await start();
  return {
    host: HOST,
    port,
    password,
    options,
    kill: () => server.end('SIGKILL'),
    restart: async () => {
      await server.end('SIGTERM');
      server = await start();
    },
    stop: async () => {
      await server.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(command: string[], logFile: string, options: RedisOptions): Promise<TestProcess> {
  const server = startTestProcess(endWithParent(command, 'KILL'), logFile);
  const deadline = Date.now() + 20_000;
  while (!(await answers(options))) {
    if (!server.isRunning() || Date.now() > deadline) {
      await server.end('SIGKILL');
      throw new Error(`Valkey did not start: ${await server.logTail()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return server;
}

async function answers(options: RedisOptions): Promise<boolean> {
  const client = new Redis({ ...options, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
    return true;
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}

/** A server of the system where there is one, else the one of the project's virtual environment. */
function valkeyServer(): string {
  for (const name of ['valkey-server', 'redis-server']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      // Not on PATH: the next one.
    }
  }
  const own = fileURLToPath(new URL('../../.tools/venv/bin/redis-server', import.meta.url));
  if (existsSync(own)) return own;
  throw new Error(
    'No valkey-server or redis-server is on PATH or in .tools/venv: run "npm start" once, it installs one.',
  );
}
