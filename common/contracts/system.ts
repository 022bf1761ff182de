import { z } from 'zod';

/** Counts of the overview page. */
export const Overview = z.object({
  version: z.string(),
  publicUrl: z.string(),
  servers: z.object({
    total: z.number().int(),
    online: z.number().int(),
    offline: z.number().int(),
    neverSeen: z.number().int(),
    /** Somebody must look at their host key. */
    hostKeyChanged: z.number().int(),
    connectionFailed: z.number().int(),
  }),
  deployments: z.object({
    /** Not ended: queued, waiting, running, paused, cancelling. */
    active: z.number().int(),
    waiting: z.number().int(),
    last24Hours: z.object({
      succeeded: z.number().int(),
      partlyFailed: z.number().int(),
      failed: z.number().int(),
      cancelled: z.number().int(),
    }),
  }),
  sshKeys: z.number().int(),
});
export type Overview = z.infer<typeof Overview>;

export const Health = z.object({ status: z.literal('ok'), version: z.string() });
/** `message` names the way out where a part is not ready. */
export const Readiness = z.object({
  ready: z.boolean(),
  parts: z.array(z.object({ name: z.string(), ready: z.boolean(), message: z.string() })),
});
export type Readiness = z.infer<typeof Readiness>;

export const SetUpState = z.object({ needsSetup: z.boolean() });
