import { until as untilWithin } from '#tests/support/until.ts';

/** `until` of all tests, with the shorter patience that the agent's tests have. */
export function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  timeoutMs = 8_000,
): Promise<NonNullable<Exclude<T, false>>> {
  return untilWithin(what, probe, timeoutMs);
}
