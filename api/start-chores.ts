import { reconcileDeployments } from './deployments/reconcile.ts';
import type { ApiDeps } from './deps.ts';
import { KEEP_KEYS_MS } from './http/idempotency.ts';
import { SESSION_IDLE_MS } from './auth/sessions.ts';

const RECONCILE_EVERY_MS = 15_000;
const CLEAN_EVERY_MS = 3600_000;

export interface Chores {
  stop: () => void;
  /** Settles when the round under way is over. */
  ended: () => Promise<void>;
}

/** What the api does by itself: at start and every 15 s the reconciler, every hour old sessions and idempotency keys. */
export function startChores(deps: ApiDeps): Chores {
  const started = new Set<string>();
  let round: Promise<void> = Promise.resolve();
  let isRunning = false;
  let cleanedAtMs = 0;
  const once = async () => {
    await reconcileDeployments(deps, started);
    if (Date.now() - cleanedAtMs < CLEAN_EVERY_MS) return;
    await cleanUp(deps);
    cleanedAtMs = Date.now();
  };
  const run = () => {
    if (isRunning) return;
    isRunning = true;
    round = once()
      .catch((error: unknown) => {
        deps.logger.warn({ err: error }, 'the reconciler could not finish: it tries again');
      })
      .finally(() => {
        isRunning = false;
      });
  };
  const timer = setInterval(run, RECONCILE_EVERY_MS);
  run();
  return {
    stop: () => {
      clearInterval(timer);
    },
    ended: () => round,
  };
}

/** Rows that nothing reads any more. */
async function cleanUp({ db, now }: ApiDeps): Promise<void> {
  const nowMs = now().getTime();
  await db.idempotencyKey.deleteMany({ where: { createdAt: { lt: new Date(nowMs - KEEP_KEYS_MS) } } });
  await db.session.deleteMany({
    where: { OR: [{ expiresAt: { lt: now() } }, { lastSeenAt: { lt: new Date(nowMs - SESSION_IDLE_MS) } }] },
  });
}
