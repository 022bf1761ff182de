/** Everything that demo data is made of: the same plan always gives the same servers and the same numbers. */
export interface DemoPlan {
  /** A UUID; the ids of the demo's servers and deployments come from it. */
  id: string;
  servers: number;
  /** Days of history before `originMs`. */
  days: number;
  /** The instant at which history ends and live reports begin, epoch milliseconds. */
  originMs: number;
}

/** Key of the row in `settings` that holds the demo that is there; without the row nothing is filled. */
export const DEMO_SETTING = 'demo';

/** `filling` is being made, `live` reports, `removing` is on its way out. */
export const DEMO_STATES = ['filling', 'live', 'removing'] as const;

/** Value of the row. */
export interface StoredDemo {
  state: (typeof DEMO_STATES)[number];
  plan: DemoPlan;
  /** Of the history, in percent. */
  progressPercent: number;
}

export const HISTORY_STEP_MS = 60_000;
export const PROCESS_STEP_MS = 300_000;
export const DAY_MS = 86_400_000;

/** A seed of 32 bits out of the plan's id and a number of one's own. */
export function seedOf(plan: DemoPlan, salt: number): number {
  let hash = 0x811c9dc5 ^ salt;
  for (const char of plan.id) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return (hash ^ Math.imul(salt, 0x9e3779b1)) | 0;
}

/** Instants of the history's scrapes within a day back (0 is the newest), oldest first, epoch milliseconds. */
export function historyDay(plan: DemoPlan, dayBack: number): number[] {
  const end = plan.originMs - dayBack * DAY_MS;
  const steps = DAY_MS / HISTORY_STEP_MS;
  return Array.from({ length: steps }, (_, step) => end - (steps - 1 - step) * HISTORY_STEP_MS);
}
