import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { basicEnvironment, runCommand } from '#common/process/run-command.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';

/** Postgres: insufficient_privilege. */
const DENIED = { code: '42501' };

describe('the database', () => {
  let postgres: TestPostgres;
  let database: TestDatabase;
  let owner: pg.Pool;
  let service: pg.Pool;
  let metrics: pg.Pool;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    database = await postgres.createDatabase();
    [owner, service, metrics] = [database.owner, database.service, database.metrics].map(
      (config) => new pg.Pool(config),
    ) as [pg.Pool, pg.Pool, pg.Pool];
  }, 120_000);

  afterAll(async () => {
    await Promise.all([owner, service, metrics].map((pool) => pool.end()));
    await postgres.stop();
  });

  it('has the tables of the Prisma schema, no more and no less', async () => {
    const passwordFile = join(await makeTempFolder('drift'), 'password');
    await writeFile(passwordFile, postgres.ownerPassword, { mode: 0o600 });
    const env = {
      ...basicEnvironment(),
      PGHOST: postgres.host,
      PGPORT: String(postgres.port),
      PGUSER: 'admiral_owner',
      PGDATABASE: database.name,
      PGPASSWORD_FILE: passwordFile,
    };
    const args = ['node_modules/prisma/build/index.js', 'migrate', 'diff', '--from-migrations', 'prisma/migrations'];
    const out = await runCommand('node', [...args, '--to-schema-datamodel', 'prisma/schema.prisma', '--exit-code'], {
      env,
    });
    expect(out.stdout).toContain('No difference detected');
  }, 60_000);

  it('lets the services neither make nor drop tables', async () => {
    for (const pool of [service, metrics]) {
      await expect(pool.query('CREATE TABLE admiral.mine (a int)')).rejects.toMatchObject(DENIED);
      await expect(pool.query('CREATE TABLE public.mine (a int)')).rejects.toMatchObject(DENIED);
      await expect(pool.query('DROP TABLE admiral.settings')).rejects.toMatchObject(DENIED);
      await expect(pool.query('ALTER TABLE admiral.servers ADD COLUMN mine int')).rejects.toMatchObject(DENIED);
    }
  });

  it('lets the services add and read audit entries, and nobody of them change one', async () => {
    const id = '01890000-0000-7000-8000-000000000001';
    await service.query(
      `INSERT INTO admiral.deployment_audit_logs (id, actor_kind, actor_name, action) VALUES ($1, 'system', 'test', 'test.ran')`,
      [id],
    );
    const read = await service.query('SELECT action FROM admiral.deployment_audit_logs WHERE id = $1', [id]);
    expect(read.rows).toEqual([{ action: 'test.ran' }]);
    for (const sql of [
      `UPDATE admiral.deployment_audit_logs SET action = 'other'`,
      'DELETE FROM admiral.deployment_audit_logs',
      'TRUNCATE admiral.deployment_audit_logs',
    ]) {
      await expect(service.query(sql)).rejects.toMatchObject(DENIED);
      await expect(metrics.query(sql)).rejects.toMatchObject(DENIED);
    }
  });

  it('shows ingest and digest no person, key, deployment or audit entry', async () => {
    for (const table of [
      'users',
      'sessions',
      'api_tokens',
      'ssh_keys',
      'deployments',
      'deployment_output',
      'deployment_audit_logs',
    ]) {
      await expect(metrics.query(`SELECT 1 FROM admiral.${table}`)).rejects.toMatchObject(DENIED);
    }
    await expect(metrics.query('SELECT ssh_host, host_key FROM admiral.servers')).rejects.toMatchObject(DENIED);
  });

  it('makes partitions ahead and drops whole old days, asked by a service', async () => {
    const days = async () => {
      const found = await owner.query<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relname ~ '^metrics_[0-9]{8}$' AND relkind = 'r' ORDER BY 1`,
      );
      return found.rows.map((row) => row.name);
    };
    const day = (offset: number) =>
      `metrics_${new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')}`;
    expect(await days()).toContain(day(2));
    await owner.query(`CREATE TABLE admiral.metrics_20200101 PARTITION OF admiral.metrics
      FOR VALUES FROM ('2020-01-01 00:00:00+00') TO ('2020-01-02 00:00:00+00')`);
    const dropped = await metrics.query<{ n: number }>('SELECT admiral.drop_old_partitions(7) AS n');
    expect(dropped.rows[0]?.n).toBe(1);
    expect(await days()).not.toContain('metrics_20200101');
    expect(await days()).toContain(day(-7));
    await expect(metrics.query('SELECT admiral.drop_old_partitions(0)')).rejects.toThrow(/at least 1/);
  });

  it('refuses states that do not exist', async () => {
    await expect(
      service.query(
        `INSERT INTO admiral.deployments (id, name, playbook, playbook_hash, state, actor_kind, actor_name, "authorization")
         VALUES (uuidv7(), 'x', 'x', 'x', 'finished', 'user', 'x', 'x')`,
      ),
    ).rejects.toThrow(/deployments_state_check/);
  });
});
