import { describe, expect, it } from '@jest/globals';
import { highestOf, lonePoints, nearestIndex, summarise, toCsv } from './series.ts';

describe('series of a chart', () => {
  it('finds the nearest point, also beyond the ends', () => {
    const t = [0, 10, 20, 40];
    expect([-5, 0, 4, 6, 29, 31, 99].map((at) => nearestIndex(t, at))).toEqual([0, 0, 0, 1, 2, 3, 3]);
    expect(nearestIndex([], 5)).toBe(-1);
  });

  it('sums up what is known and leaves gaps out', () => {
    expect(summarise([1, 2, 3, 4], [10, null, 30, 20])).toEqual({
      average: 20,
      highest: 30,
      highestAt: 3,
      newest: 20,
      newestAt: 4,
    });
    expect(summarise([1, 2], [null, null])).toBeNull();
  });

  it('takes values below zero for what they are', () => {
    expect(summarise([1, 2], [-5, -3])?.highest).toBe(-3);
  });

  it('finds points that no line would show', () => {
    expect(lonePoints([1, null, 2, 3, null, 4])).toEqual([0, 5]);
  });

  it('finds the highest of all', () => {
    expect(
      highestOf([
        { key: 'a', label: 'A', values: [1, null] },
        { key: 'b', label: 'B', values: [7, 3] },
      ]),
    ).toBe(7);
    expect(highestOf([])).toBe(0);
  });

  it('writes a spreadsheet with empty cells for gaps, and no formulas', () => {
    expect(toCsv([0, 1000], [{ key: '=cmd()', label: '', values: [1, null] }])).toBe(
      '"time","\'=cmd()"\r\n1970-01-01T00:00:00.000Z,1\r\n1970-01-01T00:00:01.000Z,\r\n',
    );
  });
});
