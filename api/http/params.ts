import { z } from 'zod';
import { Id } from '#common/contracts/basics.ts';

/** Path parameters of `…/:id`. */
export const ById = z.strictObject({ id: Id });
export type ById = z.infer<typeof ById>;
