const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
];

/** Round instants in UTC between two others, at most `most` of them. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? 7 * DAY;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** `14:30` for spans up to a day, `Tue 25` or `06:00` beyond. */
export function timeLabel(at: number, spanMs: number): string {
  const date = new Date(at);
  const isMidnight = at % DAY === 0;
  if (spanMs > DAY && isMidnight) return date.toUTCString().slice(0, 3) + ` ${String(date.getUTCDate())}`;
  return date.toISOString().slice(11, 16);
}
