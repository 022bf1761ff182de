import { PrismaPg } from '@prisma/adapter-pg';
import type { PoolConfig } from 'pg';
import { PrismaClient } from './generated/client.ts';

export type { PrismaClient } from './generated/client.ts';
export { Prisma } from './generated/client.ts';
export type Database = PrismaClient;

/** Prisma over `pg`. The session must be in UTC (poolConfig sees to it): the adapter drops the offset of timestamps. */
export function createPrisma(config: PoolConfig): Database {
  return new PrismaClient({ adapter: new PrismaPg(config, { schema: 'admiral', onPoolError: () => undefined }) });
}
