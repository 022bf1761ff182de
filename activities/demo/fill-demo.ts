import { channels } from '#common/contracts/live.ts';
import { demoLife } from '#common/domain/demo/demo-life.ts';
import { demoServers } from '#common/domain/demo/demo-servers.ts';
import { DEMO_SETTING, historyDay, type DemoPlan, type StoredDemo } from '#common/domain/demo/plan.ts';
import type { DemoInput } from '#workflows/demo/messages.ts';
import { requireDemo } from './authorize-demo.ts';
import type { DemoActivityDeps, Pace } from './deps.ts';
import { demoId } from './demo-ids.ts';
import { inTransaction } from './in-transaction.ts';
import { insertDeployments } from './insert-deployments.ts';
import { insertHistory } from './insert-history.ts';
import { insertServers } from './insert-servers.ts';

/** Server days inserted at the same time: the database and this process both work then. */
const AT_ONCE = 4;

/**
 * Makes the demo that the plan's row describes: servers and deployments first, then the history, newest day first, so that charts show
 * something at once. `pace.begun` is the number of server days that an earlier attempt has done.
 */
export async function fillDemo(deps: DemoActivityDeps, input: DemoInput, pace: Pace): Promise<void> {
  const { pool, masterKey, publish } = deps;
  const { plan, ids } = await inTransaction(pool, async (client) => {
    const found = await requireDemo(client, masterKey, input, ['filling', 'live']);
    const made = await insertServers(client, found, masterKey);
    await insertDeployments(client, found);
    return { plan: found, ids: made };
  });
  for (const id of ids) publish(channels.serversChanged, id);
  const lives = demoServers(plan).map((server) => demoLife(plan, server));
  const steps = plan.days * lives.length;
  for (let step = pace.begun; step < steps; step += AT_ONCE) {
    pace.beat(step);
    const now = Array.from({ length: Math.min(AT_ONCE, steps - step) }, (_, offset) => step + offset);
    await Promise.all(
      now.map(async (one) => {
        const life = lives[one % lives.length];
        if (!life) return;
        const instants = historyDay(plan, Math.floor(one / lives.length));
        await insertHistory(pool, demoId(plan, 'server', life.server.index), life, instants);
      }),
    );
    const done = step + now.length;
    await setProgress(deps, plan, { state: 'filling', progressPercent: Math.floor((100 * done) / steps) });
  }
  await setProgress(deps, plan, { state: 'live', progressPercent: 100 });
}

async function setProgress(
  { pool }: DemoActivityDeps,
  plan: DemoPlan,
  progress: Pick<StoredDemo, 'state' | 'progressPercent'>,
): Promise<void> {
  await pool.query(
    `UPDATE admiral.settings SET value = value || $3::jsonb, updated_at = now()
     WHERE key = $1 AND value #>> '{plan,id}' = $2 AND value ->> 'state' <> 'removing'`,
    [DEMO_SETTING, plan.id, JSON.stringify(progress)],
  );
}
