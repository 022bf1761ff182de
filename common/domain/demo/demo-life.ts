import type { DemoServer } from './demo-servers.ts';
import { DAY_MS, type DemoPlan } from './plan.ts';
import { after, chance, constant, noise, pulse, scaled, sum, wave, type Signal } from './signal.ts';

/** How a server has behaved since long before its history begins. Times in seconds since `zeroMs`, unless they end in Ms. */
export interface DemoLife {
  server: DemoServer;
  /** A Monday midnight (UTC) before everything. */
  zeroMs: number;
  /** Share of all cores that works, 0 to 1. */
  cpu: Signal;
  /** Bytes a second. */
  receive: Signal;
  transmit: Signal;
  read: Signal;
  written: Signal;
  /** Share of memory and of the disk in use, and memory that caches files. */
  memory: (t: number) => number;
  disk: (t: number) => number;
  cache: number;
  /** Instants of starts, epoch milliseconds, ascending. */
  bootsMs: number[];
  /** Times without reports: [from, to), epoch milliseconds. */
  silencesMs: [number, number][];
}

const DAY = 86_400;
const WEEK = 7 * DAY;
const HOUR = 3600;
/** Age of the installation of every demo server. */
const LIFE_DAYS = 120;

/** Traits of each role: usual and daily load, bytes a second at full work, memory and disk in use, nightly job. */
const TRAITS = {
  web: { base: 0.06, day: 0.34, network: 6e6, disk: 2e5, memory: 0.42, used: 0.35, job: 0 },
  app: { base: 0.1, day: 0.32, network: 2.5e6, disk: 4e5, memory: 0.55, used: 0.48, job: 0 },
  db: { base: 0.12, day: 0.26, network: 4e6, disk: 9e6, memory: 0.71, used: 0.58, job: 0.3 },
  cache: { base: 0.05, day: 0.16, network: 9e6, disk: 5e4, memory: 0.78, used: 0.22, job: 0 },
  queue: { base: 0.08, day: 0.2, network: 3e6, disk: 3e6, memory: 0.38, used: 0.41, job: 0.12 },
  build: { base: 0.04, day: 0.4, network: 4e6, disk: 7e6, memory: 0.33, used: 0.66, job: 0.35 },
} as const;

export function demoLife(plan: DemoPlan, server: DemoServer): DemoLife {
  const { seed, fate } = server;
  const traits = TRAITS[server.role];
  const zeroMs = mondayBefore(plan.originMs - LIFE_DAYS * DAY_MS);
  const origin = (plan.originMs - zeroMs) / 1000;
  const vary = (salt: number, spread: number) => 1 + spread * (2 * chance(seed, 100 + salt) - 1);
  const peakAt = (13 + 3 * chance(seed, 110)) * HOUR;
  const isSick = fate === 'sick';
  /** When the sick one fell ill: the evening before. */
  const illAt = origin - 20 * HOUR;
  const healthy = sum(
    constant(traits.base * vary(1, 0.4)),
    wave(traits.day * vary(2, 0.3), DAY, peakAt),
    wave(traits.day * 0.2, WEEK, 2.5 * DAY),
    noise(0.05 + traits.day * 0.3, 90, seed ^ 0x11),
    noise(0.04, 11 * 60, seed ^ 0x22),
    pulse(traits.job, DAY, (1 + 3 * chance(seed, 111)) * HOUR, (20 + 50 * chance(seed, 112)) * 60),
  );
  // The sum of what is there must stay below all cores: idle time never goes back.
  const usual = scaled(healthy, Math.min(1, (isSick ? 0.35 : 0.96) / healthy.max));
  const cpu = isSick ? sum(usual, after(illAt, sum(constant(0.56), noise(0.06, 200, seed ^ 0x33)))) : usual;
  const busyness = scaled(usual, 1 / usual.max);
  const traffic = (perSecond: number, salt: number) =>
    scaled(sum(constant(0.04), busyness, noise(0.2, 60, seed ^ (0x44 + salt))), perSecond * vary(salt, 0.5));
  const memoryNoise = noise(0.03, 900, seed ^ 0x55);
  const memoryStart = traits.memory * vary(8, 0.1);
  const diskStart = traits.used * vary(7, 0.2);
  return {
    server,
    zeroMs,
    cpu,
    receive: traffic(traits.network * 0.4, 3),
    transmit: traffic(traits.network, 4),
    read: traffic(traits.disk * 0.5, 5),
    written: traffic(traits.disk, 6),
    memory: (t) => {
      const share = memoryStart + 0.05 * busyness.level(t) + memoryNoise.level(t);
      return isSick && t > illAt ? approach(share, 0.965, (t - illAt) / (9 * HOUR)) : share;
    },
    disk: (t) => {
      const share = diskStart + 0.02 * (t / (LIFE_DAYS * DAY));
      return isSick ? approach(0.86, 0.972, (t - (origin - 5 * DAY)) / (2 * DAY)) : share;
    },
    cache: 0.12 + 0.1 * chance(seed, 113),
    bootsMs: boots(plan, server, zeroMs),
    silencesMs: silences(plan, server),
  };
}

/** From `from` towards `to`, never reaching it; `from` before `age` 0. */
function approach(from: number, to: number, age: number): number {
  return age <= 0 ? from : to - Math.max(0, to - from) * Math.exp(-age);
}

function boots(plan: DemoPlan, server: DemoServer, zeroMs: number): number[] {
  const first = zeroMs + Math.floor(40 * DAY * chance(server.seed, 120)) * 1000;
  return server.fate === 'rebooted' ? [first, rebootMs(plan)] : [first];
}

/** The reboot lies in every history of more than a few hours, but not at its very end. */
function rebootMs(plan: DemoPlan): number {
  return plan.originMs - Math.round(Math.max(0.3, plan.days * 0.4) * DAY_MS);
}

function silences(plan: DemoPlan, server: DemoServer): [number, number][] {
  const { originMs } = plan;
  // Down for three minutes around the reboot.
  if (server.fate === 'rebooted') return [[rebootMs(plan) - 120_000, rebootMs(plan) + 60_000]];
  if (server.fate !== 'gaps') return [];
  const gap = (daysAgo: number, hours: number): [number, number] => {
    const from = originMs - Math.round(daysAgo * DAY_MS);
    return [from, from + Math.round(hours * 3_600_000)];
  };
  return [gap(0.4, 2.5), gap(Math.max(0.85, plan.days * 0.6), 1), gap(0.1, 0.4)];
}

/** Midnight (UTC) of the Monday before, epoch milliseconds. */
function mondayBefore(ms: number): number {
  const day = Math.floor(ms / DAY_MS);
  // 1970-01-05, day 4, was a Monday.
  return (day - ((day - 4) % 7)) * DAY_MS;
}
