import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

/** Type ids of the Postgres catalog that Prisma's migration engine does not know. */
const CHAR = 18;
const NAME = 19;
const TEXT = 25;
/** ColumnTypeEnum.Character of Prisma's driver adapter interface. */
const CHARACTER_COLUMN = 6;

interface QueryResult {
  fields?: { dataTypeID: number }[];
  rows: object;
}

const charColumns = new WeakMap<object, number[]>();

function retype(result: QueryResult | undefined): QueryResult | undefined {
  const at: number[] = [];
  result?.fields?.forEach((field, index) => {
    if (field.dataTypeID === CHAR) at.push(index);
    if (field.dataTypeID === CHAR || field.dataTypeID === NAME) field.dataTypeID = TEXT;
  });
  if (result && at.length > 0) charColumns.set(result.rows, at);
  return result;
}

/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- the overloads of pg's query */
class CatalogClient extends pg.Client {
  override query(...args: any[]): any {
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      args[args.length - 1] = (error: unknown, result: QueryResult) => callback(error, retype(result));
    }
    const out = (super.query as any)(...args);
    return typeof out?.then === 'function' ? out.then(retype) : out;
  }
}
/* eslint-enable */

export interface MigrationTarget {
  host: string;
  port: number;
  user: string;
  password: string | undefined;
  database: string;
}

/**
 * Where Prisma's command line tool works: the PG* variables that the migration step sets for it. The password comes from
 * a file (`PGPASSWORD_FILE`), so that no environment holds it. Loads without any of them, as `generate` does.
 */
export function migrationTarget(): MigrationTarget {
  const env = process.env;
  return {
    host: env.PGHOST ?? '127.0.0.1',
    port: Number(env.PGPORT ?? 5432),
    user: env.PGUSER ?? 'admiral_owner',
    password: env.PGPASSWORD_FILE ? readFileSync(env.PGPASSWORD_FILE, 'utf8').trim() : undefined,
    database: env.PGDATABASE ?? 'admiral',
  };
}

/**
 * Prisma's own adapter, with two faults mended: catalog types `char` and `name` are read as text, and the shadow
 * database is dropped only after its connections are closed.
 */
export class MigrateAdapter extends PrismaPg {
  private readonly target: MigrationTarget;

  constructor(target: MigrationTarget) {
    super({ ...target, Client: CatalogClient, idleTimeoutMillis: 50, allowExitOnIdle: true });
    this.target = target;
  }

  override async connect() {
    const connection = await super.connect();
    const queryRaw = connection.queryRaw.bind(connection);
    connection.queryRaw = async (statement) => {
      const result = await queryRaw(statement);
      for (const index of charColumns.get(result.rows) ?? []) result.columnTypes[index] = CHARACTER_COLUMN;
      return result;
    };
    connection.executeScript = async (script) => {
      try {
        await this.runScript(script);
      } catch (error) {
        // In the form in which Prisma passes on what the database said.
        (connection as unknown as { onError: (error: unknown) => never }).onError(error);
      }
    };
    return connection;
  }

  /** A whole script in one message, which Postgres runs as one transaction; Prisma's adapter would cut it at every semicolon. */
  private async runScript(script: string): Promise<void> {
    const client = new pg.Client(this.target);
    await client.connect();
    try {
      await client.query(script);
    } finally {
      await client.end();
    }
  }

  override async connectToShadowDb() {
    const database = `prisma_shadow_${randomUUID()}`;
    const admin = await this.connect();
    await admin.executeScript(`CREATE DATABASE "${database}"`);
    const shadow = await new MigrateAdapter({ ...this.target, database }).connect();
    const close = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await close();
      await admin.executeScript(`DROP DATABASE "${database}" WITH (FORCE)`);
      await admin.dispose();
    };
    return shadow;
  }
}
