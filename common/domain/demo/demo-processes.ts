import type { DemoLife } from './demo-life.ts';
import type { DemoRole } from './demo-servers.ts';
import { bootedAtMs } from './demo-values.ts';

export interface DemoProcess {
  name: string;
  num_procs: number;
  cpu_seconds_total: number;
  memory_bytes: number;
}

/** Name, number of processes, share of the working time and of the used memory. */
type Group = readonly [name: string, processes: number, cpu: number, memory: number];

const EVERYWHERE: readonly Group[] = [
  ['systemd', 4, 0.01, 0.01],
  ['sshd', 3, 0.004, 0.008],
  ['nodepulse-agent', 1, 0.006, 0.006],
];
const OF_ROLE: Record<DemoRole, readonly Group[]> = {
  web: [
    ['nginx', 5, 0.55, 0.22],
    ['varnishd', 2, 0.22, 0.5],
  ],
  app: [
    ['java', 2, 0.78, 0.74],
    ['nginx', 3, 0.06, 0.05],
  ],
  db: [
    ['postgres', 64, 0.88, 0.84],
    ['pgbouncer', 1, 0.04, 0.02],
  ],
  cache: [['redis-server', 3, 0.82, 0.9]],
  queue: [
    ['beam.smp', 1, 0.8, 0.66],
    ['epmd', 1, 0.001, 0.002],
  ],
  build: [
    ['java', 3, 0.5, 0.5],
    ['cc1plus', 12, 0.3, 0.2],
    ['dockerd', 1, 0.05, 0.06],
  ],
};

/** Process groups at an instant. The sick server's own fault can be seen: one group eats what fell ill. */
export function demoProcesses(life: DemoLife, atMs: number): DemoProcess[] {
  const { server, cpu } = life;
  const t = (atMs - life.zeroMs) / 1000;
  const boot = (bootedAtMs(life, atMs) - life.zeroMs) / 1000;
  const working = server.cores * (cpu.total(t) - cpu.total(boot));
  const used = server.memoryBytes * Math.min(0.985, life.memory(t));
  return [...OF_ROLE[server.role], ...EVERYWHERE].map(([name, processes, cpuShare, memoryShare]) => ({
    name,
    num_procs: processes,
    cpu_seconds_total: Math.floor(working * cpuShare * 100) / 100,
    memory_bytes: Math.floor(used * memoryShare),
  }));
}
