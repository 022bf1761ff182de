import type { Demo } from '#common/contracts/demo.ts';
import type { Context } from '../http/route.ts';
import { endDemo } from './demo-workflow.ts';
import { findDemo, lockDemo, presentDemo, storeDemo } from './stored-demo.ts';

/** Removes the demo servers and all that is theirs but the audit entries; harmless when there are none. */
export async function removeDemo({ deps, change }: Context): Promise<Demo> {
  if (!(await findDemo(deps.db))) return presentDemo(undefined);
  const demo = await change(async (tx, audit) => {
    const found = await lockDemo(tx);
    await audit({ action: 'demo.remove', objectKind: 'demo', ...(found && { objectId: found.plan.id }) });
    if (!found) return undefined;
    const removing = { ...found, state: 'removing' as const };
    await storeDemo(tx, removing);
    return removing;
  });
  if (demo) await endDemo(deps, demo);
  return presentDemo(demo);
}
