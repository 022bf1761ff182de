import { z } from 'zod';
import { Instant } from './basics.ts';

export const RANGES = ['1h', '6h', '24h', '7d'] as const;
export const Range = z.enum(RANGES);
export type Range = z.infer<typeof Range>;

export const MetricQuery = z.strictObject({ range: Range.default('1h') });
/** Columns of a chart page: `t` in epoch milliseconds, each series as long as `t`, null where there is a gap. `step` in seconds. */
export const MetricSeries = z.object({
  range: Range,
  from: Instant,
  to: Instant,
  step: z.number(),
  t: z.array(z.number()),
  series: z.record(z.string(), z.array(z.number().nullable())),
});
export type MetricSeries = z.infer<typeof MetricSeries>;

export const TopProcessesQuery = z.strictObject({
  by: z.enum(['cpu', 'memory']).default('cpu'),
  range: Range.default('1h'),
});
export const TopProcesses = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      processes: z.number().nullable(),
      /** Of one core: 100 is one core fully used. */
      cpuPercent: z.number().nullable(),
      memoryBytes: z.number().nullable(),
    }),
  ),
});
export type TopProcesses = z.infer<typeof TopProcesses>;
