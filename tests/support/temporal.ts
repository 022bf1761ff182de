import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { freePort } from '#cli/engines/free-port.ts';
import { endWithParent } from './end-with-parent.ts';
import { makeTempFolder } from './temp-folder.ts';
import { startTestProcess, type TestProcess } from './test-process.ts';

export interface TestTemporal {
  /** HOST:PORT for clients and workers. */
  address: string;
  namespace: string;
  /** `kill -9` of the server; `restart` brings it back with the same port and data. */
  kill: () => Promise<void>;
  restart: () => Promise<void>;
  stop: () => Promise<void>;
}

const HOST = '127.0.0.1';

/** A real Temporal server of its own, on a free port of loopback, with its state in a temporary file. It ends with the test process. */
export async function startTestTemporal(): Promise<TestTemporal> {
  const folder = await makeTempFolder('temporal');
  const port = await freePort();
  const address = `${HOST}:${String(port)}`;
  const command = [
    temporalProgram(),
    'server',
    'start-dev',
    '--headless',
    '--ip',
    HOST,
    '--port',
    String(port),
    '--http-port',
    String(await freePort()),
    '--metrics-port',
    String(await freePort()),
    '--db-filename',
    join(folder, 'temporal.db'),
    '--sqlite-pragma',
    'journal_mode=WAL',
    '--sqlite-pragma',
    'synchronous=OFF',
    '--log-level',
    'warn',
  ];
  const start = () => startServer(command, join(folder, 'temporal.log'), address);
  let server = await start();
  return {
    address,
    namespace: 'default',
    kill: () => server.end('SIGKILL'),
    restart: async () => {
      await server.end('SIGKILL');
      server = await start();
    },
    stop: async () => {
      await server.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(command: string[], logFile: string, address: string): Promise<TestProcess> {
  const server = startTestProcess(endWithParent(command, 'KILL'), logFile);
  const deadline = Date.now() + 60_000;
  while (!(await answers(address))) {
    if (!server.isRunning() || Date.now() > deadline) {
      await server.end('SIGKILL');
      throw new Error(`Temporal did not start: ${await server.logTail()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return server;
}

async function answers(address: string): Promise<boolean> {
  const connection = Connection.lazy({ address, connectTimeout: 1000 });
  try {
    await connection.withDeadline(Date.now() + 2000, () =>
      connection.workflowService.describeNamespace({ namespace: 'default' }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

function temporalProgram(): string {
  const own = fileURLToPath(new URL('../../.tools/venv/bin/temporal', import.meta.url));
  if (existsSync(own)) return own;
  throw new Error('Temporal is not in .tools/venv: run "npm start" once, it installs it.');
}
