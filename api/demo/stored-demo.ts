import type { Demo } from '#common/contracts/demo.ts';
import { DEMO_SETTING, type StoredDemo } from '#common/domain/demo/plan.ts';
import type { Database, Prisma } from '#common/db/prisma.ts';
import type { Transaction } from '../http/change.ts';

/** Key of the advisory lock that orders what is asked of the demo. */
const LOCK = 7_215_302;

export async function findDemo(db: Database | Transaction): Promise<StoredDemo | undefined> {
  const row = await db.setting.findUnique({ where: { key: DEMO_SETTING } });
  return row ? (row.value as unknown as StoredDemo) : undefined;
}

/** The demo that is there, locked until the transaction ends. */
export async function lockDemo(tx: Transaction): Promise<StoredDemo | undefined> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${LOCK})::text`;
  await tx.$queryRaw`SELECT key FROM admiral.settings WHERE key = ${DEMO_SETTING} FOR UPDATE`;
  return findDemo(tx);
}

export async function storeDemo(tx: Transaction, demo: StoredDemo): Promise<void> {
  const value = demo as unknown as Prisma.InputJsonObject;
  await tx.setting.upsert({ where: { key: DEMO_SETTING }, create: { key: DEMO_SETTING, value }, update: { value } });
}

export function presentDemo(demo: StoredDemo | undefined): Demo {
  if (!demo) return { state: 'none', servers: null, days: null, progressPercent: null, startedAt: null };
  const { plan, state, progressPercent } = demo;
  return {
    state,
    servers: plan.servers,
    days: plan.days,
    progressPercent,
    startedAt: new Date(plan.originMs).toISOString(),
  };
}
