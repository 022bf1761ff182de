import { z } from 'zod';
import { DEMO_STATES } from '#common/domain/demo/plan.ts';
import { Instant } from './basics.ts';

export const MAX_DEMO_SERVERS = 100;
export const MAX_DEMO_DAYS = 7;

/** How many demo servers, with how many days of history. */
export const OrderDemo = z.strictObject({
  servers: z.number().int().min(1).max(MAX_DEMO_SERVERS).default(20),
  days: z.number().int().min(0).max(MAX_DEMO_DAYS).default(7),
});
export type OrderDemo = z.infer<typeof OrderDemo>;

/** The demo that is there. `filling`: history is being made; `live`: it reports; `removing`: it is on its way out. */
export const Demo = z.object({
  state: z.enum(['none', ...DEMO_STATES]),
  servers: z.number().int().nullable(),
  days: z.number().int().nullable(),
  /** Of the history. */
  progressPercent: z.number().int().nullable(),
  startedAt: Instant.nullable(),
});
export type Demo = z.infer<typeof Demo>;
