import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { startTestPostgres, type TestPostgres } from '#tests/support/postgres.ts';
import { startTestValkey, type TestValkey } from '#tests/support/valkey.ts';

async function withClient<T>(config: pg.PoolConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('a test Postgres', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startTestPostgres();
  }, 180_000);
  afterAll(() => postgres.stop());

  it('makes migrated databases that know nothing of each other, in UTC, with the roles of the installation', async () => {
    const [one, two] = await Promise.all([postgres.createDatabase(), postgres.createDatabase()]);
    await withClient(one.service, (client) =>
      client.query(`INSERT INTO admiral.settings (key, value) VALUES ('a', '1')`),
    );
    await withClient(two.service, async (client) => {
      expect((await client.query('SELECT * FROM admiral.settings')).rows).toEqual([]);
    });
    await withClient(one.metrics, async (client) => {
      expect((await client.query('SHOW TimeZone')).rows).toEqual([{ TimeZone: 'UTC' }]);
      const insert = `INSERT INTO admiral.metrics (server_id, "timestamp") VALUES (gen_random_uuid(), now())`;
      expect((await client.query(insert)).rowCount).toBe(1);
      await expect(client.query(`INSERT INTO admiral.settings (key, value) VALUES ('b', '1')`)).rejects.toThrow(
        'permission denied',
      );
      await expect(client.query('CREATE TABLE admiral.x (a int)')).rejects.toThrow('permission denied');
    });
    await one.drop();
    await expect(withClient(one.owner, () => Promise.resolve())).rejects.toThrow('does not exist');
    await two.drop();
  });

  it('comes back after kill -9 with its data', async () => {
    const database = await postgres.createDatabase();
    await withClient(database.owner, (client) =>
      client.query(`INSERT INTO admiral.settings (key, value) VALUES ('a', '1'); CHECKPOINT`),
    );
    await postgres.kill();
    await expect(withClient(database.owner, () => Promise.resolve())).rejects.toThrow();
    await postgres.restart();
    await withClient(database.owner, async (client) => {
      expect((await client.query('SELECT key FROM admiral.settings')).rows).toEqual([{ key: 'a' }]);
    });
  });
});

describe('a test Valkey', () => {
  let valkey: TestValkey;
  beforeAll(async () => {
    valkey = await startTestValkey({ acl: ['user reader on >reader-password ~* &* +get'] });
  });
  afterAll(() => valkey.stop());

  it('takes the password, holds users to their rules, and keeps what was written over kill -9', async () => {
    const client = new Redis(valkey.options);
    const reader = new Redis({
      ...valkey.options,
      username: 'reader',
      password: 'reader-password',
      lazyConnect: true,
      enableReadyCheck: false,
    });
    const stranger = new Redis({ ...valkey.options, password: 'wrong', lazyConnect: true, retryStrategy: () => null });
    for (const one of [client, reader, stranger]) one.on('error', () => undefined);
    try {
      await client.set('a', '1');
      expect(await reader.get('a')).toBe('1');
      await expect(reader.set('a', '2')).rejects.toThrow('NOPERM');
      await expect(stranger.get('a')).rejects.toThrow();
      await valkey.kill();
      await valkey.restart();
      expect(await client.get('a')).toBe('1');
    } finally {
      for (const one of [client, reader, stranger]) one.disconnect();
    }
  });
});
