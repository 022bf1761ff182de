import type { Environment } from '#common/contracts/servers.ts';
import { seedOf, type DemoPlan } from './plan.ts';
import { chance } from './signal.ts';

export const DEMO_ROLES = ['web', 'app', 'db', 'cache', 'queue', 'build'] as const;
export type DemoRole = (typeof DEMO_ROLES)[number];

/** What befell a server, where something did. */
export type DemoFate = 'sick' | 'gaps' | 'rebooted';

/** One server of a demo, as its place in the plan makes it. */
export interface DemoServer {
  index: number;
  name: string;
  role: DemoRole;
  fate: DemoFate | undefined;
  environment: Environment;
  tags: string[];
  /** Out of 198.51.100.0/24, which belongs to nobody (RFC 5737). */
  address: string;
  cores: number;
  memoryBytes: number;
  diskBytes: number;
  os: string;
  osVersion: string;
  kernel: string;
  seed: number;
}

const GIB = 1024 ** 3;
const ORDER: readonly DemoRole[] = ['web', 'app', 'db', 'web', 'cache', 'app', 'queue', 'web', 'db', 'build'];
const FATES: readonly (DemoFate | undefined)[] = [undefined, 'sick', 'gaps', 'rebooted'];
const ENVIRONMENTS: readonly Environment[] = ['production', 'production', 'production', 'staging', 'other'];
const SYSTEMS = [
  ['Debian GNU/Linux', '12', '6.1.0-37-amd64'],
  ['Debian GNU/Linux', '13', '6.12.38+deb13-amd64'],
  ['Ubuntu', '24.04', '6.8.0-64-generic'],
  ['Rocky Linux', '9.6', '5.14.0-570.el9.x86_64'],
] as const;
const SIZES: Record<DemoRole, { cores: number[]; gib: number[]; diskGib: number }> = {
  web: { cores: [2, 4], gib: [4, 8], diskGib: 40 },
  app: { cores: [4, 8], gib: [8, 16], diskGib: 80 },
  db: { cores: [8, 16], gib: [32, 64], diskGib: 500 },
  cache: { cores: [2, 4], gib: [16, 32], diskGib: 20 },
  queue: { cores: [2, 4], gib: [8, 8], diskGib: 100 },
  build: { cores: [8, 16], gib: [16, 32], diskGib: 250 },
};

/** The servers of a plan, in order. */
export function demoServers(plan: DemoPlan): DemoServer[] {
  return Array.from({ length: plan.servers }, (_, index) => demoServer(plan, index));
}

function demoServer(plan: DemoPlan, index: number): DemoServer {
  const seed = seedOf(plan, index + 1);
  const role = roleOf(index);
  const number = Array.from({ length: index + 1 }, (_, earlier) => roleOf(earlier)).filter(
    (one) => one === role,
  ).length;
  const pick = <T>(from: readonly T[], salt: number) => from[Math.floor(chance(seed, salt) * from.length)] as T;
  const environment = ENVIRONMENTS[index % ENVIRONMENTS.length] ?? 'other';
  const [os, osVersion, kernel] = pick(SYSTEMS, 1);
  return {
    index,
    name: `demo-${role}-${String(number).padStart(2, '0')}`,
    role,
    fate: FATES[index],
    environment,
    tags: ['demo', role],
    address: `198.51.100.${String(index + 10)}`,
    cores: pick(SIZES[role].cores, 2),
    memoryBytes: pick(SIZES[role].gib, 3) * GIB,
    diskBytes: SIZES[role].diskGib * GIB,
    os,
    osVersion,
    kernel,
    seed,
  };
}

function roleOf(index: number): DemoRole {
  return ORDER[index % ORDER.length] ?? 'web';
}
