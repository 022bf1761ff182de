import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { CannotError } from '../settings/usage-error.ts';
import { findProgram } from './find-program.ts';

/** How long closed workflows stay readable. */
const RETENTION_DAYS = 30;

/** The `temporal` command: the one of the project's virtual environment, else from PATH. Throws with the fix. */
export function temporalProgram(venvBin: string): string {
  const own = join(venvBin, 'temporal');
  const program = existsSync(own) ? own : findProgram(['temporal']);
  if (program === undefined) {
    throw new CannotError('The temporal program was not found: remove .tools/venv and start again.');
  }
  return program;
}

export interface TemporalPorts {
  grpc: number;
  http: number;
  ui: number;
  metrics: number;
}

/** Arguments of the development server with its data in one SQLite file, and everything on loopback. */
export function temporalArguments(databaseFile: string, ports: TemporalPorts): string[] {
  return [
    'server',
    'start-dev',
    '--db-filename',
    databaseFile,
    '--sqlite-pragma',
    'journal_mode=WAL',
    '--sqlite-pragma',
    'synchronous=NORMAL',
    '--ip',
    '127.0.0.1',
    '--port',
    String(ports.grpc),
    '--http-port',
    String(ports.http),
    '--ui-ip',
    '127.0.0.1',
    '--ui-port',
    String(ports.ui),
    '--ui-public-path',
    '/temporal',
    '--ui-disable-news-fetch',
    '--metrics-port',
    String(ports.metrics),
    '--log-level',
    'warn',
    '--log-format',
    'json',
  ];
}

/** Resolves when the frontend answers for the default namespace; sets how long it keeps closed workflows. */
export async function probeTemporal(port: number): Promise<void> {
  const connection = await Connection.connect({ address: `127.0.0.1:${String(port)}`, connectTimeout: 2000 });
  try {
    const found = await connection.workflowService.describeNamespace({ namespace: 'default' });
    const seconds = RETENTION_DAYS * 24 * 3600;
    if (Number(found.config?.workflowExecutionRetentionTtl?.seconds ?? 0) === seconds) return;
    await connection.workflowService.updateNamespace({
      namespace: 'default',
      config: { workflowExecutionRetentionTtl: { seconds: seconds as never } },
    });
  } finally {
    await connection.close();
  }
}
