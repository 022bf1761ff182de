import { describe, expect, it } from '@jest/globals';
import { bitRate, bytes, count, counted, percent } from './quantity.ts';
import { absoluteTime, clockTime, duration, relativeTime } from './time.ts';

describe('quantities', () => {
  it('says bytes in powers of 1024', () => {
    expect([0, 1, 1023, 1024, 1536, 16 * 1024 ** 3, 1.5 * 1024 ** 4].map(bytes)).toEqual([
      '0 B', '1 B', '1023 B', '1 KiB', '1.5 KiB', '16 GiB', '1.5 TiB',
    ]); // prettier-ignore
  });

  it('says rates in bits, as networks are sold', () => {
    expect([0, 125, 125_000, 1_250_000_000].map(bitRate)).toEqual(['0 bit/s', '1 kbit/s', '1 Mbit/s', '10 Gbit/s']);
  });

  it('says percent and counts', () => {
    expect([0, 7.44, 9.99, 12.6, 100].map(percent)).toEqual(['0 %', '7.4 %', '10 %', '13 %', '100 %']);
    expect([count(1204), counted(1, 'server'), counted(3, 'server')]).toEqual(['1,204', '1 server', '3 servers']);
  });
});

describe('times', () => {
  it('names the zone of absolute times', () => {
    expect(absoluteTime('2026-01-02T03:04:05.678Z')).toBe('2026-01-02 03:04:05 UTC');
    expect(absoluteTime('2026-01-02T03:04:05+02:00')).toBe('2026-01-02 01:04:05 UTC');
    expect(clockTime('2026-01-02T23:04:05Z')).toBe('23:04:05');
    expect(absoluteTime('nonsense')).toBe('unknown time');
  });

  it('says how long ago', () => {
    const now = Date.UTC(2026, 0, 2);
    const said = [0, 9, 10, 59, 60, 3599, 3600, 86_400, -300].map((seconds) => relativeTime(now - seconds * 1000, now));
    expect(said).toEqual([
      'just now', 'just now', '10 s ago', '59 s ago', '1 min ago', '59 min ago', '1 h ago', '1 d ago', 'in 5 min',
    ]); // prettier-ignore
  });

  it('says durations with two units at most', () => {
    expect([450, 12_000, 200_000, 3_600_000, 7_500_000, 356_400_000].map(duration)).toEqual([
      '450 ms', '12 s', '3 min 20 s', '1 h', '2 h 5 min', '4 d 3 h',
    ]); // prettier-ignore
  });
});
