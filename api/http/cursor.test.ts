import { describe, expect, it } from '@jest/globals';
import { afterCursor, decodeCursor, encodeCursor, literal, pageOf } from './cursor.ts';

const row = (n: number) => ({ at: new Date(n), id: `01a20baa-1b63-76ee-b2cd-1d7f0214545${String(n)}` });

describe('cursors', () => {
  it('come back as they went', () => {
    expect(decodeCursor(encodeCursor(row(5)))).toEqual(row(5));
    expect(decodeCursor(undefined)).toBeUndefined();
    expect(afterCursor('createdAt', undefined)).toEqual({});
  });

  it('point to the last row that was shown, and only when there is more', () => {
    const rows = [row(3), row(2), row(1)];
    const page = pageOf(
      rows,
      2,
      (r) => r,
      (r) => r.id,
    );
    expect(page).toEqual({ items: [row(3).id, row(2).id], nextCursor: encodeCursor(row(2)) });
    expect(
      pageOf(
        rows,
        3,
        (r) => r,
        (r) => r.id,
      ).nextCursor,
    ).toBeNull();
    expect(
      pageOf(
        [],
        3,
        () => row(1),
        (r) => r,
      ),
    ).toEqual({ items: [], nextCursor: null });
  });
});

describe('literal', () => {
  it('takes the meaning from wildcards', () => {
    expect(literal('100%_\\')).toBe('100\\%\\_\\\\');
  });
});
