import type { MetricSeries } from '#common/contracts/metrics.ts';
import { BIT_RATE, BYTES, NUMBER, PERCENT, type Unit } from '../charts/unit.ts';

export interface ChartSpec {
  id: string;
  title: string;
  unit: Unit;
  lines: readonly (readonly [key: string, label: string])[];
  /** Series whose newest value the axis reaches. */
  ceiling?: string;
}

const CPU_TOTAL: ChartSpec = { id: 'cpu', title: 'CPU', unit: PERCENT, lines: [['cpuPercent', 'in use']] };
const CPU_STATES: ChartSpec = {
  id: 'cpu',
  title: 'CPU by state',
  unit: PERCENT,
  lines: [
    ['cpuUserPercent', 'user'],
    ['cpuSystemPercent', 'system'],
    ['cpuIowaitPercent', 'waiting for disks'],
    ['cpuStealPercent', 'stolen'],
  ],
};
const OTHERS: readonly ChartSpec[] = [
  {
    id: 'memory',
    title: 'Memory',
    unit: BYTES,
    lines: [
      ['memoryUsedBytes', 'used'],
      ['memoryAvailableBytes', 'available'],
      ['memoryCachedBytes', 'cached'],
      ['memoryBuffersBytes', 'buffers'],
    ],
    ceiling: 'memoryTotalBytes',
  },
  {
    id: 'disk',
    title: 'Disk (/)',
    unit: BYTES,
    lines: [
      ['diskUsedBytes', 'used'],
      ['diskAvailableBytes', 'available'],
    ],
    ceiling: 'diskTotalBytes',
  },
  {
    id: 'network',
    title: 'Network',
    unit: BIT_RATE,
    lines: [
      ['networkReceiveBytesPerSecond', 'received'],
      ['networkTransmitBytesPerSecond', 'sent'],
    ],
  },
  {
    id: 'disk-io',
    title: 'Disk traffic',
    unit: BYTES,
    lines: [
      ['diskReadBytesPerSecond', 'read per second'],
      ['diskWrittenBytesPerSecond', 'written per second'],
    ],
  },
  {
    id: 'load',
    title: 'Load',
    unit: NUMBER,
    lines: [
      ['load1', '1 min'],
      ['load5', '5 min'],
      ['load15', '15 min'],
    ],
  },
];

/** The charts of a server page: those whose series the answer holds. */
export function chartsFor(metrics: MetricSeries, hasCpuStates: boolean): ChartSpec[] {
  return [hasCpuStates ? CPU_STATES : CPU_TOTAL, ...OTHERS].filter((spec) =>
    spec.lines.some(([key]) => metrics.series[key] !== undefined),
  );
}
