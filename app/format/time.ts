const two = (value: number) => String(value).padStart(2, '0');

/** `2025-11-24 03:14:07 UTC`. The zone is always said. */
export function absoluteTime(at: string | number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return 'unknown time';
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `03:14:07`, in UTC. */
export function clockTime(at: string | number): string {
  const date = new Date(at);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** `just now`, `3 min ago`, `2 h ago`, `in 5 min`, from an instant and the present (epoch ms). */
export function relativeTime(at: string | number, now: number): string {
  const seconds = Math.round((now - new Date(at).getTime()) / 1000);
  const size = Math.abs(seconds);
  if (size < 10) return 'just now';
  const unit = UNITS.find(([, length]) => size >= length);
  const text = unit ? `${String(Math.floor(size / unit[1]))} ${unit[0]}` : `${String(size)} s`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

/** `450 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(minutes, 'min', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joined(hours, 'h', minutes % 60, 'min');
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${String(large)} ${largeUnit}` : `${String(large)} ${largeUnit} ${String(small)} ${smallUnit}`;
}
