import { describe, expect, it } from '@jest/globals';
import { METRIC_COLUMN_NAMES, type MetricColumn, type MetricValues } from '../metric-columns.ts';
import { cpuPercents, counterRate, diskUsedPercent, hasRebooted, memoryUsedBytes } from '../metric-rates.ts';
import { demoLife, type DemoLife } from './demo-life.ts';
import { demoProcesses } from './demo-processes.ts';
import { demoServers } from './demo-servers.ts';
import { demoValues, isSilent } from './demo-values.ts';
import { DAY_MS, historyDay, type DemoPlan } from './plan.ts';
import { after, constant, noise, pulse, sum, wave } from './signal.ts';

const HOUR_MS = 3_600_000;
const plan: DemoPlan = {
  id: '0192f0c1-7a5e-7c3d-9d8e-0f1a2b3c4d5e',
  servers: 20,
  days: 7,
  originMs: Date.parse('2026-06-10T15:20:00Z'),
};
const lives = demoServers(plan).map((server) => demoLife(plan, server));
const lifeOf = (fate: string) => lives.find((life) => life.server.fate === fate) as DemoLife;
const counters = METRIC_COLUMN_NAMES.filter((name) => /_total$|^cpu_.*_seconds$/.test(name) && name !== 'cpu_cores');

/** CPU busy in percent over the stretch that ends at an instant. */
function busy(life: DemoLife, atMs: number, stretchMs: number): number {
  return cpuPercents(demoValues(life, atMs - stretchMs), demoValues(life, atMs))?.busy ?? Number.NaN;
}

describe('signals', () => {
  const all = {
    constant: constant(0.3),
    wave: wave(0.4, 86_400, 50_000),
    noise: noise(0.2, 90, 77),
    pulse: pulse(0.5, 86_400, 7200, 1800),
    after: after(100_000, constant(0.2)),
  };

  it.each(Object.entries(all))('%s adds up to what its levels are', (_name, signal) => {
    const [from, to, step] = [80_000, 130_000, 1];
    let added = 0;
    for (let t = from; t < to; t += step) added += signal.level(t + step / 2) * step;
    expect(signal.total(0)).toBeCloseTo(0, 9);
    expect(signal.total(to) - signal.total(from)).toBeCloseTo(added, 0);
  });

  it('keep within what they promise', () => {
    const mixed = sum(...Object.values(all));
    const levels = Array.from({ length: 2000 }, (_, index) => mixed.level(index * 97));
    expect(Math.min(...levels)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...levels)).toBeLessThanOrEqual(mixed.max);
  });
});

describe('demo data', () => {
  it('is the same for the same plan, and another for another', () => {
    const again = demoServers(plan).map((server) => demoLife(plan, server));
    const at = plan.originMs - 3 * HOUR_MS;
    expect(again.map((life) => demoValues(life, at))).toEqual(lives.map((life) => demoValues(life, at)));
    const other = { ...plan, id: '0192f0c1-7a5e-7c3d-9d8e-000000000000' };
    expect(demoValues(demoLife(other, demoServers(other)[0]!), at)).not.toEqual(demoValues(lives[0]!, at));
  });

  it('gives every server a name of its own, marked as demo, at an address that belongs to nobody', () => {
    const hundred = demoServers({ ...plan, servers: 100 });
    expect(new Set(hundred.map((server) => server.name)).size).toBe(100);
    for (const server of hundred) {
      expect(server.name).toMatch(/^demo-[a-z]+-\d\d$/);
      expect(server.address).toMatch(/^198\.51\.100\.\d{2,3}$/);
    }
    expect(hundred.map((server) => server.name).slice(0, 20)).toEqual(demoServers(plan).map((server) => server.name));
  });

  it('has a number in every column, from long before to long after', () => {
    for (const life of lives) {
      for (const hours of [-24 * 7, -24, -1, 0, 1, 24, 24 * 60]) {
        const values = demoValues(life, plan.originMs + hours * HOUR_MS);
        const wrong = METRIC_COLUMN_NAMES.filter((name) => !Number.isFinite(values[name]) || (values[name] ?? -1) < 0);
        expect(wrong).toEqual([]);
      }
    }
  });

  it('never lets a counter go back, across the end of the history too, but for the reboot', () => {
    for (const life of lives.slice(0, 6)) {
      const backwards: number[] = [];
      let before: MetricValues | undefined;
      for (let at = plan.originMs - 7 * DAY_MS; at <= plan.originMs + DAY_MS; at += 607_000) {
        if (isSilent(life, at)) continue;
        const values = demoValues(life, at);
        const fell = (name: MetricColumn) => (values[name] ?? 0) < (before?.[name] ?? 0);
        if (before && counters.some(fell)) {
          expect(hasRebooted(before, values, 607)).toBe(true);
          backwards.push(at);
        }
        before = values;
      }
      expect(backwards).toHaveLength(life.server.fate === 'rebooted' ? 1 : 0);
    }
  });

  it('uses all the CPU time there is and no more', () => {
    for (const life of lives) {
      const [before, now] = [demoValues(life, plan.originMs - HOUR_MS), demoValues(life, plan.originMs)];
      const grown = counters
        .filter((name) => name.startsWith('cpu_'))
        .reduce((all, name) => all + (now[name] ?? 0) - (before[name] ?? 0), 0);
      expect(grown / life.server.cores).toBeCloseTo(3600, 0);
    }
  });

  it('works by day and rests by night', () => {
    const noon = Date.parse('2026-06-09T14:30:00Z');
    for (const life of lives.filter((one) => one.server.fate === undefined && one.server.role === 'web')) {
      expect(busy(life, noon, HOUR_MS)).toBeGreaterThan(1.5 * busy(life, noon - 10.5 * HOUR_MS, HOUR_MS));
      const received = (at: number) =>
        counterRate(
          demoValues(life, at - HOUR_MS).network_receive_bytes_total,
          demoValues(life, at).network_receive_bytes_total,
          3600,
        ) ?? 0;
      expect(received(noon)).toBeGreaterThan(1.3 * received(noon - 10.5 * HOUR_MS));
    }
  });

  it('has one sick server: hot, its memory leaking, its disk nearly full', () => {
    const sick = lifeOf('sick');
    const used = (at: number) => {
      const values = demoValues(sick, at);
      return (100 * (memoryUsedBytes(values) ?? 0)) / (values.memory_total_bytes ?? 1);
    };
    expect(busy(sick, plan.originMs, HOUR_MS)).toBeGreaterThan(60);
    expect(busy(sick, plan.originMs - 30 * HOUR_MS, HOUR_MS)).toBeLessThan(45);
    expect(used(plan.originMs)).toBeGreaterThan(85);
    expect(used(plan.originMs - 10 * HOUR_MS)).toBeLessThan(used(plan.originMs) - 3);
    expect(diskUsedPercent(demoValues(sick, plan.originMs))).toBeGreaterThan(93);
    expect(demoValues(sick, plan.originMs).load_5min).toBeGreaterThan(0.6 * sick.server.cores);
  });

  it('has one server with gaps in its history, and none in what comes', () => {
    const gappy = lifeOf('gaps');
    const day = historyDay(plan, 0);
    expect(day).toHaveLength(1440);
    expect(day.at(-1)).toBe(plan.originMs);
    expect(day.filter((at) => isSilent(gappy, at)).length).toBeGreaterThan(100);
    expect(day.filter((at) => isSilent(lives[0]!, at))).toEqual([]);
    for (const life of lives) expect(isSilent(life, plan.originMs + 1)).toBe(false);
  });

  it('knows the processes that do the work', () => {
    for (const life of lives) {
      const [before, now] = [demoProcesses(life, plan.originMs - HOUR_MS), demoProcesses(life, plan.originMs)];
      const memory = now.reduce((all, one) => all + one.memory_bytes, 0);
      expect(memory).toBeLessThan(life.server.memoryBytes);
      now.forEach((one, index) => {
        expect(one.cpu_seconds_total).toBeGreaterThan(before[index]!.cpu_seconds_total);
      });
    }
  });
});
