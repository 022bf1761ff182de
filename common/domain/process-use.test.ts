import { describe, expect, it } from '@jest/globals';
import { processUse, type ProcessSample } from './process-use.ts';

const MINUTE = 60_000;
const sample = (
  minute: number,
  name: string,
  cpuSeconds: number | null,
  memoryBytes: number | null = 100,
): ProcessSample => ({
  at: minute * MINUTE,
  name,
  processes: minute + 1,
  cpuSeconds,
  memoryBytes,
});

describe('processUse', () => {
  it('averages CPU over the known time of the host, and memory over the scrapes that had the group', () => {
    const use = processUse(
      [
        sample(0, 'steady', 0, 100),
        sample(1, 'steady', 30, 200),
        sample(1, 'late', 5),
        sample(2, 'steady', 60, 300),
        sample(2, 'late', 65),
      ],
      2.5 * MINUTE,
    );
    expect(use).toEqual([
      { name: 'steady', processes: 3, cpuPercent: 50, memoryBytes: 200 },
      { name: 'late', processes: 3, cpuPercent: 50, memoryBytes: 100 },
    ]);
  });

  it('leaves out stretches where a counter went back, a scrape lacks the group, or the host was away', () => {
    const use = processUse(
      [
        sample(0, 'a', 100),
        sample(1, 'a', 10),
        sample(2, 'b', 0),
        sample(3, 'a', 500),
        sample(3, 'b', 60),
        sample(100, 'a', 9000),
        sample(100, 'b', 9000),
        sample(101, 'a', 9000),
        sample(101, 'b', 9000),
      ],
      2.5 * MINUTE,
    );
    expect(use.map(({ name, cpuPercent }) => [name, cpuPercent])).toEqual([
      ['a', 0],
      ['b', 25],
    ]);
  });

  it('knows no percentage from one scrape', () => {
    expect(processUse([sample(0, 'a', 5)], MINUTE)).toEqual([
      { name: 'a', processes: 1, cpuPercent: null, memoryBytes: 100 },
    ]);
    expect(processUse([], MINUTE)).toEqual([]);
  });
});
