import { z } from 'zod';
import { RefusedError } from './refused-error.ts';

const Cursor = z.tuple([z.iso.datetime(), z.uuid()]);

export interface Position {
  at: Date;
  id: string;
}

export function encodeCursor({ at, id }: Position): string {
  return Buffer.from(JSON.stringify([at.toISOString(), id])).toString('base64url');
}

/** The place of the last row of the page before. Throws invalid_cursor. */
export function decodeCursor(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [at, id] = Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { at: new Date(at), id };
  } catch {
    throw new RefusedError('invalid_cursor', 'This cursor is not one of ours: start again from the first page.');
  }
}

/** Prisma condition: rows after the cursor, in descending order of (`field`, id). */
export function afterCursor<F extends string>(field: F, cursor: string | undefined) {
  const position = decodeCursor(cursor);
  if (!position) return {};
  const { at, id } = position;
  return { AND: [{ OR: [{ [field]: { lt: at } }, { [field]: at, id: { lt: id } }] }] } as { AND: object[] };
}

/** A page of `limit` out of `limit + 1` rows that were read. */
export function pageOf<R, T>(rows: readonly R[], limit: number, at: (row: R) => Position, present: (row: R) => T) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => present(row)),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(at(last)) : null,
  };
}

/** Text for a `contains` filter: the wildcards of LIKE stand for themselves. */
export function literal(search: string): string {
  return search.replace(/[\\%_]/g, '\\$&');
}
