import { z } from 'zod';

const at = z.number().int();
const host = z.string();
const task = z.object({ task: z.number().int(), name: z.string() });
const ms = z.number().optional();

/**
 * One line of a run's `events.jsonl`, as the callback plugin writes it. `at` is epoch milliseconds of the control host, `host` the name
 * within the inventory (a server's id, or whatever a playbook added), `task` counts tasks in order of appearance.
 */
export const RunEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('play'), at, name: z.string() }),
  task.extend({ kind: z.literal('task'), at, handler: z.boolean().optional() }),
  task.extend({ kind: z.literal('start'), at, host }),
  task.extend({ kind: z.literal('ok'), at, host, ms, changed: z.boolean().optional() }),
  task.extend({ kind: z.literal('failed'), at, host, ms, message: z.string(), ignored: z.boolean().optional() }),
  task.extend({ kind: z.literal('unreachable'), at, host, ms, message: z.string() }),
  task.extend({ kind: z.literal('skipped'), at, host, ms }),
  task.extend({
    kind: z.literal('retry'),
    at,
    host,
    tries: z.number().optional(),
    of: z.number().optional(),
  }),
  z.object({
    kind: z.literal('summary'),
    at,
    host,
    counts: z.object({
      ok: z.number(),
      changed: z.number(),
      unreachable: z.number(),
      failures: z.number(),
      skipped: z.number(),
      rescued: z.number(),
      ignored: z.number(),
    }),
  }),
  z.object({ kind: z.literal('data'), at, host: host.optional(), text: z.string() }),
  z.object({ kind: z.literal('end'), at }),
]);
export type RunEvent = z.infer<typeof RunEvent>;
