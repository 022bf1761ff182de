import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { connectedStretches } from './metric-buckets.ts';
import type { MetricValues } from './metric-columns.ts';
import { metricSeries, type ChartRow } from './metric-series.ts';

const STEP = 15_000;
const buckets = { fromMs: 0, stepMs: STEP, count: 20 };

/** A host that receives 100 bytes a second and is 25 % busy, scraped every `every` ms. */
function steadyRow(at: number, more: MetricValues = {}): ChartRow {
  const seconds = 10_000 + at / 1000;
  return {
    at,
    values: {
      cpu_idle_seconds: seconds * 3,
      cpu_user_seconds: seconds,
      cpu_system_seconds: 0,
      network_receive_bytes_total: seconds * 100,
      memory_total_bytes: 1000,
      memory_available_bytes: 600,
      load_1min: 1,
      uptime_seconds: seconds,
      ...more,
    },
  };
}

const every = (ms: number, from: number, to: number) =>
  Array.from({ length: Math.floor((to - from) / ms) + 1 }, (_, i) => steadyRow(from + i * ms));

describe('connectedStretches', () => {
  it('cuts where a stretch is longer than 2.5 intervals', () => {
    const at = [0, 15, 30, 45, 82, 97, 135, 150].map((s) => s * 1000);
    expect(connectedStretches(at)).toEqual([false, true, true, true, true, true, false, true]);
  });

  it('follows an agent whose interval was changed', () => {
    const at = [
      ...Array.from({ length: 50 }, (_, i) => i * 15_000),
      ...Array.from({ length: 20 }, (_, i) => 750_000 + i * 60_000),
    ];
    const cuts = connectedStretches(at)
      .slice(1)
      .filter((isConnected) => !isConnected);
    expect(cuts).toHaveLength(0);
  });

  it('knows nothing of a first or only scrape', () => {
    expect(connectedStretches([])).toEqual([]);
    expect(connectedStretches([5])).toEqual([false]);
  });
});

describe('metricSeries', () => {
  it('gives the same rate in every bucket, whatever the scrape interval and its offset', () => {
    for (const ms of [1000, 5000, 15_000, 40_000, 60_000]) {
      const { cpuPercent, networkReceiveBytesPerSecond, memoryUsedBytes } = metricSeries(
        every(ms, -60_000 - 1234, 20 * STEP + 60_000),
        buckets,
      );
      expect(cpuPercent).toEqual(new Array(20).fill(25));
      expect(networkReceiveBytesPerSecond).toEqual(new Array(20).fill(100));
      expect(memoryUsedBytes).toEqual(new Array(20).fill(400));
    }
  });

  it('leaves an outage empty, and nothing but the outage', () => {
    const rows = every(15_000, -15_000, 300_000).filter((row) => row.at <= 75_000 || row.at >= 150_000);
    const { cpuPercent, load1 } = metricSeries(rows, buckets);
    expect(cpuPercent.map((v) => v === null)).toEqual(Array.from({ length: 20 }, (_, k) => k >= 5 && k < 10));
    // The last scrape before the outage stands at the edge of the next bucket.
    expect(load1.map((v) => v === null)).toEqual(Array.from({ length: 20 }, (_, k) => k > 5 && k < 10));
  });

  it('makes a reboot a gap, not a spike, also when the new counter is already larger', () => {
    for (const after of [5, 5_000_000]) {
      const rows = every(15_000, -15_000, 300_000).map((row) =>
        row.at < 150_000
          ? row
          : {
              ...row,
              values: { ...row.values, network_receive_bytes_total: after, uptime_seconds: (row.at - 145_000) / 1000 },
            },
      );
      const { networkReceiveBytesPerSecond, cpuPercent } = metricSeries(rows, buckets);
      expect(networkReceiveBytesPerSecond[9]).toBeNull();
      expect(cpuPercent[9]).toBeNull();
      expect(networkReceiveBytesPerSecond.slice(0, 9)).toEqual(new Array(9).fill(100));
      expect(networkReceiveBytesPerSecond.slice(10)).toEqual(new Array(10).fill(0));
    }
  });

  it('makes a counter that goes back a gap in its own series alone', () => {
    const rows = every(15_000, -15_000, 300_000).map((row) =>
      row.at < 150_000 ? row : { ...row, values: { ...row.values, network_receive_bytes_total: 0 } },
    );
    const { networkReceiveBytesPerSecond, cpuPercent } = metricSeries(rows, buckets);
    expect(networkReceiveBytesPerSecond[9]).toBeNull();
    expect(cpuPercent).toEqual(new Array(20).fill(25));
  });

  it('shows what is unknown as empty, not as zero', () => {
    const rows = every(15_000, -15_000, 300_000).map((row) => ({ at: row.at, values: { load_1min: 0 } }));
    const series = metricSeries(rows, buckets);
    expect(series.load1).toEqual(new Array(20).fill(0));
    for (const [name, values] of Object.entries(series)) {
      if (name !== 'load1') expect([name, values]).toEqual([name, new Array(20).fill(null)]);
    }
  });

  it('takes zeros of older agents for total memory and disk as unknown', () => {
    const rows = every(15_000, -15_000, 300_000).map((row) => ({
      at: row.at,
      values: { memory_total_bytes: 0, memory_available_bytes: 0, disk_total_bytes: 0, disk_free_bytes: 0 },
    }));
    const { memoryUsedBytes, memoryAvailableBytes, diskUsedBytes } = metricSeries(rows, buckets);
    for (const values of [memoryUsedBytes, memoryAvailableBytes, diskUsedBytes]) {
      expect(values).toEqual(new Array(20).fill(null));
    }
  });

  it('never makes a rate or a percentage out of bounds from any counters', () => {
    const value = fc.option(fc.double({ min: 0, max: 1e15, noNaN: true }));
    const row = fc.record({
      cpu_idle_seconds: value,
      cpu_user_seconds: value,
      cpu_iowait_seconds: value,
      network_receive_bytes_total: value,
      disk_io_time_seconds_total: value,
      uptime_seconds: value,
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 25 }), (values) => {
        const series = metricSeries(
          values.map((v, i) => ({ at: i * 15_000, values: v })),
          buckets,
        );
        for (const name of ['cpuPercent', 'cpuUserPercent', 'cpuIowaitPercent', 'diskBusyPercent'] as const) {
          expect(series[name].every((v) => v === null || (v >= 0 && v <= 100))).toBe(true);
        }
        expect(series.networkReceiveBytesPerSecond.every((v) => v === null || (v >= 0 && v <= 1e11))).toBe(true);
      }),
    );
  });
});
