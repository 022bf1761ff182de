import type { Pool, PoolClient } from 'pg';
import { verifyRun } from '#common/crypto/run-authorization.ts';
import { DEMO_SETTING, type DemoPlan, type StoredDemo } from '#common/domain/demo/plan.ts';
import type { DemoInput } from '#workflows/demo/messages.ts';
import { DemoMissingError } from './demo-errors.ts';

/**
 * The plan as its row says, when the given signature is the api's over it. Whoever reaches Temporal's port can start the workflow, but
 * neither write the row nor sign. Throws RunNotAuthorizedError, and DemoMissingError when the demo's state is none of `states`.
 */
export async function requireDemo(
  pool: Pool | PoolClient,
  masterKey: Buffer,
  input: DemoInput,
  states: readonly StoredDemo['state'][],
): Promise<DemoPlan> {
  const { rows } = await pool.query<{ value: StoredDemo }>(
    'SELECT value FROM admiral.settings WHERE key = $1 FOR SHARE',
    [DEMO_SETTING],
  );
  const stored = rows[0]?.value;
  if (stored?.plan.id !== input.planId) throw new DemoMissingError('There is no demo of this plan.');
  const { plan, state } = stored;
  verifyRun(
    masterKey,
    { kind: 'demo', planId: plan.id, servers: plan.servers, days: plan.days, originMs: plan.originMs },
    input.authorization,
    Date.now(),
  );
  if (!states.includes(state)) throw new DemoMissingError(`The demo is ${state}.`);
  return plan;
}
