import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  counterRate,
  cpuPercents,
  diskUsedBytes,
  diskUsedPercent,
  hasRebooted,
  memoryUsedBytes,
} from './metric-rates.ts';

describe('counterRate', () => {
  it('is growth per second', () => {
    expect(counterRate(100, 1600, 15)).toBe(100);
    expect(counterRate(5, 5, 15)).toBe(0);
  });

  it('is a gap, never a spike, where the counter went back, jumped, or is missing', () => {
    expect(counterRate(1000, 0, 15)).toBeNull();
    expect(counterRate(2 ** 32 - 1, 5, 15)).toBeNull();
    expect(counterRate(0, 2 ** 62, 15)).toBeNull();
    expect(counterRate(null, 5, 15)).toBeNull();
    expect(counterRate(5, undefined, 15)).toBeNull();
    expect(counterRate(5, Number.NaN, 15)).toBeNull();
    expect(counterRate(5, 6, 0)).toBeNull();
    expect(counterRate(5, 6, -15)).toBeNull();
  });

  it('is never negative or infinite', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.double(), (before, after, seconds) => {
        const rate = counterRate(before, after, seconds);
        expect(rate === null || (rate >= 0 && rate <= 1e11)).toBe(true);
      }),
    );
  });
});

describe('hasRebooted', () => {
  it('sees it from the uptime, also when the new one is the larger', () => {
    expect(hasRebooted({ uptime_seconds: 1000 }, { uptime_seconds: 1015 }, 15)).toBe(false);
    expect(hasRebooted({ uptime_seconds: 1000 }, { uptime_seconds: 3 }, 15)).toBe(true);
    expect(hasRebooted({ uptime_seconds: 20 }, { uptime_seconds: 100 }, 300)).toBe(true);
    expect(hasRebooted({ uptime_seconds: 20 }, { uptime_seconds: 318 }, 300)).toBe(false);
  });

  it('does not guess where the uptime is unknown', () => {
    expect(hasRebooted({ uptime_seconds: 0 }, { uptime_seconds: 0 }, 15)).toBe(false);
    expect(hasRebooted({ uptime_seconds: null }, { uptime_seconds: 3 }, 15)).toBe(false);
    expect(hasRebooted({}, {}, 15)).toBe(false);
  });
});

describe('cpuPercents', () => {
  const cpu = (idle: number, iowait: number, system: number, user: number, steal: number) => ({
    cpu_idle_seconds: idle,
    cpu_iowait_seconds: iowait,
    cpu_system_seconds: system,
    cpu_user_seconds: user,
    cpu_steal_seconds: steal,
  });

  it('shares the time of all cores', () => {
    const percents = cpuPercents(cpu(100, 10, 10, 10, 10), cpu(130, 16, 16, 22, 16));
    expect(percents).toEqual({ busy: 40, iowait: 10, system: 10, user: 20, steal: 10 });
  });

  it('does not depend on the number of cores or the length of the stretch', () => {
    const one = cpuPercents(cpu(0, 0, 0, 0, 0), cpu(9, 0, 1, 5, 0));
    const many = cpuPercents(cpu(0, 0, 0, 0, 0), cpu(9 * 64, 0, 64, 5 * 64, 0));
    expect(many).toEqual(one);
  });

  it('counts nice with user, and interrupts with system, where the agent sends them', () => {
    const more = (nice: number, irq: number, softirq: number) => ({
      cpu_nice_seconds: nice,
      cpu_irq_seconds: irq,
      cpu_softirq_seconds: softirq,
    });
    const percents = cpuPercents(
      { ...cpu(0, 0, 0, 0, 0), ...more(0, 0, 0) },
      { ...cpu(50, 0, 10, 10, 0), ...more(10, 10, 10) },
    );
    expect(percents).toEqual({ busy: 50, user: 20, system: 30, iowait: 0, steal: 0 });
    // From one scrape to the next the agent learnt to send them: they are left out once.
    const changed = cpuPercents(cpu(0, 0, 0, 0, 0), { ...cpu(50, 0, 25, 25, 0), ...more(900, 900, 900) });
    expect(changed?.busy).toBe(50);
  });

  it('is a gap where a mode went back, idle is unknown, or no time passed', () => {
    expect(cpuPercents(cpu(100, 10, 10, 10, 0), cpu(110, 9, 11, 11, 0))).toBeNull();
    expect(cpuPercents(cpu(100, 10, 10, 10, 0), cpu(1, 1, 1, 1, 0))).toBeNull();
    expect(cpuPercents(cpu(100, 10, 10, 10, 0), cpu(100, 10, 10, 10, 0))).toBeNull();
    expect(cpuPercents({ cpu_user_seconds: 1 }, { cpu_user_seconds: 2 })).toBeNull();
    expect(cpuPercents(cpu(0, 0, 0, 0, 0), cpu(0, 0, 0, 0, 0))).toBeNull();
  });

  it('stays within 0 and 100 whatever the counters do', () => {
    const counters = fc.tuple(fc.double(), fc.double(), fc.double(), fc.double(), fc.double()).map((v) => cpu(...v));
    fc.assert(
      fc.property(counters, counters, (before, after) => {
        for (const value of Object.values(cpuPercents(before, after) ?? {})) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(100.0001);
        }
      }),
    );
  });
});

describe('what is used', () => {
  it('of memory is what is not available, or not free, cached or buffered on old kernels', () => {
    expect(memoryUsedBytes({ memory_total_bytes: 100, memory_available_bytes: 60, memory_free_bytes: 5 })).toBe(40);
    expect(
      memoryUsedBytes({
        memory_total_bytes: 100,
        memory_available_bytes: 0,
        memory_free_bytes: 20,
        memory_cached_bytes: 30,
        memory_buffers_bytes: 10,
      }),
    ).toBe(40);
    expect(memoryUsedBytes({ memory_total_bytes: 0, memory_available_bytes: 0, memory_free_bytes: 0 })).toBeNull();
    expect(memoryUsedBytes({ memory_total_bytes: 100 })).toBeNull();
  });

  it('of the disk counts what ordinary users can have, as df does', () => {
    const disk = { disk_total_bytes: 100, disk_free_bytes: 40, disk_available_bytes: 20 };
    expect(diskUsedBytes(disk)).toBe(60);
    expect(diskUsedPercent(disk)).toBe(75);
    expect(diskUsedPercent({ disk_total_bytes: 0, disk_free_bytes: 0, disk_available_bytes: 0 })).toBeNull();
  });
});
