import { createHash } from 'node:crypto';
import type { Valkey } from '../live/valkey.ts';

export interface ThrottleVerdict {
  isAllowed: boolean;
  retryAfterSeconds: number;
}

export interface Throttle {
  /** Counts one attempt against `limit` in a window of `windowMs` from the first. */
  take: (name: string, limit: number, windowMs: number) => Promise<ThrottleVerdict>;
  /** Forgets the attempts, after a success. */
  clear: (name: string) => Promise<void>;
}

const MAX_LOCAL = 10_000;

/** Counts in Valkey, so that all processes of the api count together; in this process while Valkey is away. */
export function createThrottle(valkey: Valkey, now: () => Date): Throttle {
  const local = new Map<string, { count: number; endsAtMs: number }>();
  const keyOf = (name: string) => `admiral:throttle:${createHash('sha256').update(name).digest('base64url')}`;

  const takeLocal = (key: string, windowMs: number) => {
    const nowMs = now().getTime();
    const found = local.get(key);
    const entry = found && found.endsAtMs > nowMs ? found : { count: 0, endsAtMs: nowMs + windowMs };
    entry.count += 1;
    local.delete(key);
    local.set(key, entry);
    if (local.size > MAX_LOCAL) local.delete(local.keys().next().value ?? '');
    return { count: entry.count, leftMs: entry.endsAtMs - nowMs };
  };
  const takeShared = async (key: string, windowMs: number) => {
    const answers = await valkey.multi().set(key, 0, 'PX', windowMs, 'NX').incr(key).pttl(key).exec();
    const [, count, left] = (answers ?? []).map(([error, value]) => {
      if (error) throw error;
      return value;
    });
    return { count: Number(count), leftMs: Number(left) };
  };

  return {
    async take(name, limit, windowMs) {
      const key = keyOf(name);
      // Counted here as well, so that an outage of Valkey is no fresh start for an attacker.
      const here = takeLocal(key, windowMs);
      const shared = await takeShared(key, windowMs).catch(() => here);
      const worst = shared.count >= here.count ? shared : here;
      return { isAllowed: worst.count <= limit, retryAfterSeconds: Math.max(1, Math.ceil(worst.leftMs / 1000)) };
    },
    async clear(name) {
      const key = keyOf(name);
      local.delete(key);
      await valkey.del(key).catch(() => undefined);
    },
  };
}
