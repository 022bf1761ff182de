import type { MetricValues } from './metric-columns.ts';

/** Faster than any single disk or network card: a jump beyond it is another device or a broken counter. */
const MAX_PER_SECOND = 1e11;

const known = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

/**
 * Growth per second of a counter between two scrapes. Null, which is a gap, where a value is missing, the counter went back
 * (reset, wrap), or it jumped beyond what any device does.
 */
export function counterRate(
  before: number | null | undefined,
  after: number | null | undefined,
  seconds: number,
): number | null {
  if (!known(before) || !known(after) || !(seconds > 0) || after < before) return null;
  const rate = (after - before) / seconds;
  return rate <= MAX_PER_SECOND ? rate : null;
}

/** Whether the host was started anew between the scrapes: its counters began again, even where they are larger by now. */
export function hasRebooted(before: MetricValues, after: MetricValues, seconds: number): boolean {
  const { uptime_seconds: earlier } = before;
  const { uptime_seconds: later } = after;
  // Zero is what older agents send for unknown.
  if (!known(earlier) || !known(later) || earlier === 0 || later === 0) return false;
  return later < earlier || later + 5 < seconds;
}

/** Percent of all cores' time; together with idle they are 100. */
export interface CpuPercents {
  /** Everything but idle and waiting for disks. */
  busy: number;
  user: number;
  system: number;
  iowait: number;
  steal: number;
}

const CPU_MODES = [
  'cpu_idle_seconds',
  'cpu_iowait_seconds',
  'cpu_system_seconds',
  'cpu_user_seconds',
  'cpu_steal_seconds',
  'cpu_nice_seconds',
  'cpu_irq_seconds',
  'cpu_softirq_seconds',
] as const;

/**
 * Shares of CPU time between two scrapes, from the sum of all modes that both know, so that neither the number of cores nor
 * late scrapes matter. Null where idle is unknown, no time passed, or any mode went back (iowait does on some kernels).
 */
export function cpuPercents(before: MetricValues, after: MetricValues): CpuPercents | null {
  const grown: Partial<Record<(typeof CPU_MODES)[number], number>> = {};
  let total = 0;
  for (const mode of CPU_MODES) {
    const [earlier, later] = [before[mode], after[mode]];
    if (!known(earlier) || !known(later)) continue;
    if (later < earlier) return null;
    grown[mode] = later - earlier;
    total += later - earlier;
  }
  if (grown.cpu_idle_seconds === undefined || !(total > 0) || !Number.isFinite(total)) return null;
  const percent = (seconds = 0) => Math.min(100, 100 * (seconds / total));
  const idle = grown.cpu_idle_seconds + (grown.cpu_iowait_seconds ?? 0);
  return {
    busy: Math.max(0, 100 - percent(idle)),
    user: percent((grown.cpu_user_seconds ?? 0) + (grown.cpu_nice_seconds ?? 0)),
    system: percent((grown.cpu_system_seconds ?? 0) + (grown.cpu_irq_seconds ?? 0) + (grown.cpu_softirq_seconds ?? 0)),
    iowait: percent(grown.cpu_iowait_seconds),
    steal: percent(grown.cpu_steal_seconds),
  };
}

/** Memory in use: total without what is available (or, for old kernels, without free, cached and buffers). */
export function memoryUsedBytes(values: MetricValues): number | null {
  const { memory_total_bytes: total, memory_available_bytes: available, memory_free_bytes: free } = values;
  if (!known(total) || total <= 0) return null;
  if (known(available) && available > 0) return Math.max(0, total - available);
  if (!known(free)) return null;
  return Math.max(0, total - free - (values.memory_cached_bytes ?? 0) - (values.memory_buffers_bytes ?? 0));
}

/** Bytes of the root file system in use. */
export function diskUsedBytes(values: MetricValues): number | null {
  const { disk_total_bytes: total, disk_free_bytes: free } = values;
  return known(total) && total > 0 && known(free) ? Math.max(0, total - free) : null;
}

/** As `df` reckons it: what is used of what ordinary users can use. */
export function diskUsedPercent(values: MetricValues): number | null {
  const used = diskUsedBytes(values);
  const available = values.disk_available_bytes;
  if (used === null || !known(available) || used + available <= 0) return null;
  return (100 * used) / (used + available);
}
