import { z } from 'zod';

/** A UUID: what every `/api` path and every `…Ids` field means. */
export const Id = z.uuid({ message: 'must be a UUID' });
/** An instant, ISO 8601 in UTC. */
export const Instant = z.iso.datetime({ offset: true });
/** One line of text a person typed. Control characters are refused, everything else is data. */
export const Line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${String(max)} characters`)

    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must be one line without control characters');

/** Query of every list: free text, page size, and where to go on. */
export const ListQuery = z.strictObject({
  search: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
});
export type ListQuery = z.infer<typeof ListQuery>;

/** One page of a list; `nextCursor` is null on the last page. */
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** RFC 9457 problem details, with a stable `code` and a sentence that helps. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  /** Where in the request, for `invalid_request`. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
