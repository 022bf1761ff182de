import { channels } from '#common/contracts/live.ts';
import { DAY_MS, DEMO_SETTING } from '#common/domain/demo/plan.ts';
import type { DemoInput } from '#workflows/demo/messages.ts';
import { requireDemo } from './authorize-demo.ts';
import { DemoMissingError } from './demo-errors.ts';
import { demoServerIds } from './demo-ids.ts';
import type { DemoActivityDeps, Pace } from './deps.ts';
import { inTransaction } from './in-transaction.ts';

const SERIES = ['metrics', 'process_snapshots'] as const;

/**
 * Takes the demo away, all but its audit entries. Servers go first: from then on ingest refuses their reports and the digest drops those
 * in flight, so no row comes after. The plan's row goes last: without it, everything is gone.
 */
export async function removeDemo(deps: DemoActivityDeps, input: DemoInput, pace: Pace): Promise<void> {
  const { pool, masterKey, publish } = deps;
  const plan = await requireDemo(pool, masterKey, input, ['removing']).catch((error: unknown) => {
    if (error instanceof DemoMissingError) return undefined;
    throw error;
  });
  if (!plan) return;
  const ids = demoServerIds(plan);
  pace.beat(0);
  const removed = await pool.query<{ server_id: string }>(
    'DELETE FROM admiral.servers WHERE is_demo RETURNING server_id',
  );
  for (const { server_id } of removed.rows) publish(channels.serversChanged, server_id);
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string }>('SELECT id FROM admiral.deployments WHERE is_demo FOR UPDATE');
    const deployments = [rows.map((row) => row.id)];
    await client.query('DELETE FROM admiral.deployment_events WHERE deployment_id = ANY($1::uuid[])', deployments);
    await client.query('DELETE FROM admiral.deployment_output WHERE deployment_id = ANY($1::uuid[])', deployments);
    await client.query('DELETE FROM admiral.deployments WHERE id = ANY($1::uuid[])', deployments);
  });
  const firstDay = Math.floor(plan.originMs / DAY_MS) - plan.days - 1;
  const lastDay = Math.floor(Date.now() / DAY_MS) + 1;
  for (let day = firstDay; day <= lastDay; day += 1) {
    for (const table of SERIES) {
      pace.beat(day - firstDay + 1);
      await pool.query(
        `DELETE FROM admiral.${table} WHERE server_id = ANY($1::uuid[]) AND "timestamp" >= $2 AND "timestamp" < $3`,
        [ids, new Date(day * DAY_MS), new Date((day + 1) * DAY_MS)],
      );
    }
  }
  await pool.query('DELETE FROM admiral.metric_dead_letters WHERE server_id = ANY($1::text[])', [ids]);
  await pool.query(`DELETE FROM admiral.settings WHERE key = $1 AND value #>> '{plan,id}' = $2`, [
    DEMO_SETTING,
    plan.id,
  ]);
}
