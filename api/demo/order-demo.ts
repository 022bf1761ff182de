import type { Demo, OrderDemo } from '#common/contracts/demo.ts';
import { newId } from '#common/crypto/new-id.ts';
import type { StoredDemo } from '#common/domain/demo/plan.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { startDemo } from './demo-workflow.ts';
import { lockDemo, presentDemo, storeDemo } from './stored-demo.ts';

/** Orders demo servers. The same order again starts the workflow where it does not run; another one is refused until these are removed. */
export async function orderDemo(context: Context<unknown, unknown, OrderDemo>): Promise<Demo> {
  const { deps, body, change } = context;
  const demo = await change(async (tx, audit) => {
    const found = await lockDemo(tx);
    if (found) requireSame(found, body);
    const ordered = found ?? fresh(body, deps.now().getTime());
    if (!found) await storeDemo(tx, ordered);
    await audit({ action: 'demo.fill', objectKind: 'demo', objectId: ordered.plan.id, details: { ...body } });
    return ordered;
  });
  await startDemo(deps, demo);
  return presentDemo(demo);
}

/** History ends on a whole minute, so that its scrapes stand at whole minutes. */
function fresh({ servers, days }: OrderDemo, nowMs: number): StoredDemo {
  const originMs = Math.floor(nowMs / 60_000) * 60_000;
  return { state: 'filling', plan: { id: newId(nowMs), servers, days, originMs }, progressPercent: 0 };
}

function requireSame({ state, plan }: StoredDemo, { servers, days }: OrderDemo): void {
  if (state === 'removing') {
    throw new RefusedError('in_use', 'The demo servers are being removed: try again in a moment.');
  }
  if (plan.servers !== servers || plan.days !== days) {
    throw new RefusedError(
      'already_exists',
      `There are ${String(plan.servers)} demo servers with ${String(plan.days)} days of history already: remove them first.`,
    );
  }
}
