import { z } from 'zod';

export const VARIABLE_TYPES = ['string', 'integer', 'boolean', 'select', 'password'] as const;

/** A variable that a playbook declares: the only ones a deployment may set. */
export const PlaybookVariable = z.object({
  name: z.string().regex(/^[a-z_][a-z0-9_]*$/i),
  label: z.string(),
  type: z.enum(VARIABLE_TYPES),
  description: z.string().default(''),
  required: z.boolean().default(false),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  pattern: z.string().optional(),
  options: z.array(z.string()).optional(),
});
export type PlaybookVariable = z.infer<typeof PlaybookVariable>;

/** The `.meta.json` file beside a playbook. */
export const PlaybookMeta = z.object({
  id: z.string().regex(/^[a-z]+\/[a-z0-9-]+$/),
  label: z.string(),
  description: z.string(),
  /** Safe to run again on a host that was interrupted; otherwise a person is asked first. */
  repeatable: z.boolean(),
  become: z.boolean().default(true),
  variables: z.array(PlaybookVariable).default([]),
});
export type PlaybookMeta = z.infer<typeof PlaybookMeta>;

export const Playbook = PlaybookMeta.extend({ group: z.enum(['built-in', 'custom']), hash: z.string() });
export type Playbook = z.infer<typeof Playbook>;
export const PlaybookList = z.object({ items: z.array(Playbook) });
