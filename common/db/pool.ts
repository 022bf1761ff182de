import pg from 'pg';

export interface DatabaseSettings {
  DATABASE_HOST: string;
  DATABASE_PORT: number;
  DATABASE_NAME: string;
  DATABASE_USER: string;
  secrets: { databasePassword: string };
}

/** Settings of a connection; every session works in UTC, waits at most 5 s for a connection, and 30 s for a statement. */
export function poolConfig(settings: DatabaseSettings, max = 10): pg.PoolConfig {
  return {
    host: settings.DATABASE_HOST,
    port: settings.DATABASE_PORT,
    database: settings.DATABASE_NAME,
    user: settings.DATABASE_USER,
    password: settings.secrets.databasePassword,
    max,
    connectionTimeoutMillis: 5000,
    statement_timeout: 30_000,
    options: '-c TimeZone=UTC',
  };
}

/** A pool for hand-written SQL. A broken idle connection is dropped, never thrown. */
export function createPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on('error', () => undefined);
  return pool;
}
