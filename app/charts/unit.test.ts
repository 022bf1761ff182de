import { describe, expect, it } from '@jest/globals';
import { BIT_RATE, BYTES, NUMBER, PERCENT } from './unit.ts';

const GIB = 1024 ** 3;

describe('axes', () => {
  it('reach the highest value in few even steps', () => {
    for (const [unit, highest] of [
      [BYTES, 15.6 * GIB],
      [BYTES, 3000],
      [BIT_RATE, 4_321_000],
      [NUMBER, 3.2],
      [NUMBER, 120],
    ] as const) {
      const ticks = unit.ticks(highest);
      expect(ticks[0]).toBe(0);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest);
      expect(ticks.length).toBeLessThanOrEqual(6);
    }
  });

  it('are in round numbers of the unit that is said', () => {
    expect(BYTES.ticks(16 * GIB).map(BYTES.say)).toEqual(['0 B', '5 GiB', '10 GiB', '15 GiB', '20 GiB']);
    expect(BIT_RATE.ticks(4_000_000).map(BIT_RATE.say)).toEqual([
      '0 bit/s',
      '10 Mbit/s',
      '20 Mbit/s',
      '30 Mbit/s',
      '40 Mbit/s',
    ]);
    expect(PERCENT.ticks(3).map(PERCENT.say)).toEqual(['0 %', '25 %', '50 %', '75 %', '100 %']);
  });

  it('stand where nothing is known', () => {
    for (const unit of [BYTES, BIT_RATE, NUMBER]) expect(unit.ticks(0).every(Number.isFinite)).toBe(true);
  });
});
