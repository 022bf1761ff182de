import type { MetricColumnType } from '#common/domain/metric-columns.ts';

const MAX_INTEGER = 2_147_483_647n;
const MAX_BIGINT = 9_223_372_036_854_775_807n;
const DIGITS = /^\d{16,19}$/;

/**
 * A value of a report as its column takes it: a finite number for doubles, the digits of a whole number for integers. Null for
 * everything else: text, a negative number, one that is out of range. Fractions of whole numbers are cut off.
 * Text of 16 to 19 digits is a number that parseExactJson kept exact.
 */
export function readValue(value: unknown, type: MetricColumnType): number | string | null {
  if (typeof value === 'string' && DIGITS.test(value)) {
    if (type === 'double') return Number(value);
    return inRange(BigInt(value), type);
  }
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return null;
  return type === 'double' ? value : inRange(BigInt(Math.trunc(value)), type);
}

function inRange(value: bigint, type: 'bigint' | 'integer'): string | null {
  return value <= (type === 'integer' ? MAX_INTEGER : MAX_BIGINT) ? value.toString() : null;
}
