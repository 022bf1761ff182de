import type { MetricValues } from '../metric-columns.ts';
import type { DemoLife } from './demo-life.ts';

/** Share of working time that is not user time. */
const SYSTEM = 0.24;
const IOWAIT = 0.05;
const STEAL = 0.01;
const BYTES_A_PACKET = 820;
const BYTES_A_WRITE = 24_000;
const MIB = 1024 ** 2;

/** Whether the server reports at this instant. */
export function isSilent(life: DemoLife, atMs: number): boolean {
  return life.silencesMs.some(([from, to]) => atMs >= from && atMs < to);
}

/** Start of the server's kernel before this instant, epoch milliseconds. */
export function bootedAtMs(life: DemoLife, atMs: number): number {
  return life.bootsMs.filter((boot) => boot <= atMs).at(-1) ?? life.bootsMs[0] ?? life.zeroMs;
}

/** Everything that an agent on the server would report at this instant: a pure function, so history and live reports fit together. */
export function demoValues(life: DemoLife, atMs: number): MetricValues {
  const { server, cpu } = life;
  const { cores } = server;
  const t = (atMs - life.zeroMs) / 1000;
  const boot = (bootedAtMs(life, atMs) - life.zeroMs) / 1000;
  const since = (total: (t: number) => number) => total(t) - total(boot);
  const count = (total: (t: number) => number, per = 1) => Math.floor(since(total) / per);
  const busy = cores * since(cpu.total);
  const idle = cores * (t - boot) - busy;
  const received = count(life.receive.total);
  const sent = count(life.transmit.total);
  const read = count(life.read.total);
  const written = count(life.written.total);
  const load = (window: number) => {
    const from = Math.max(boot, t - window);
    const mean = t > from ? (cpu.total(t) - cpu.total(from)) / (t - from) : cpu.level(t);
    return round(cores * mean * (mean > 0.8 ? 1.35 : 1.05), 100);
  };
  return {
    cpu_idle_seconds: round(idle, 100),
    cpu_iowait_seconds: round(busy * IOWAIT, 100),
    cpu_system_seconds: round(busy * SYSTEM, 100),
    cpu_user_seconds: round(busy * (1 - SYSTEM - IOWAIT - STEAL), 100),
    cpu_steal_seconds: round(busy * STEAL, 100),
    cpu_cores: cores,
    ...memoryValues(life, t),
    ...diskValues(life, t),
    disk_reads_completed_total: Math.floor(read / BYTES_A_WRITE),
    disk_writes_completed_total: Math.floor(written / BYTES_A_WRITE),
    disk_read_bytes_total: read,
    disk_written_bytes_total: written,
    disk_io_time_seconds_total: round(since(life.written.total) / (life.written.max * 2), 1000),
    network_receive_bytes_total: received,
    network_transmit_bytes_total: sent,
    network_receive_packets_total: Math.floor(received / BYTES_A_PACKET),
    network_transmit_packets_total: Math.floor(sent / BYTES_A_PACKET),
    network_receive_errs_total: 0,
    network_transmit_errs_total: 0,
    network_receive_drop_total: Math.floor(received / 4e11),
    network_transmit_drop_total: 0,
    load_1min: load(60),
    load_5min: load(300),
    load_15min: load(900),
    processes_running: 1 + Math.round(cores * cpu.level(t)),
    processes_blocked: cpu.level(t) > 0.85 ? 2 : 0,
    processes_total: Math.floor(since(cpu.total) * 3 * cores),
    uptime_seconds: Math.floor(t - boot),
    cpu_nice_seconds: 0,
    cpu_irq_seconds: 0,
    cpu_softirq_seconds: 0,
  };
}

function memoryValues(life: DemoLife, t: number): MetricValues {
  const total = life.server.memoryBytes;
  const used = Math.min(0.985, life.memory(t));
  const available = Math.floor(total * (1 - used));
  const cached = Math.floor(Math.min(available * 0.8, total * life.cache));
  const buffers = Math.floor(Math.min(available * 0.05, 256 * MIB));
  const swap = 2048 * MIB;
  const swapped = Math.max(0, used - 0.85) * 5;
  return {
    memory_total_bytes: total,
    memory_available_bytes: available,
    memory_free_bytes: available - cached - buffers,
    memory_cached_bytes: cached,
    memory_buffers_bytes: buffers,
    memory_active_bytes: Math.floor(total * used * 0.7),
    memory_inactive_bytes: Math.floor(total * used * 0.3),
    swap_total_bytes: swap,
    swap_free_bytes: Math.floor(swap * (1 - Math.min(0.9, swapped))),
    swap_cached_bytes: 0,
  };
}

function diskValues(life: DemoLife, t: number): MetricValues {
  const total = life.server.diskBytes;
  const free = Math.floor(total * (1 - life.disk(t)));
  return {
    disk_total_bytes: total,
    disk_free_bytes: free,
    disk_available_bytes: Math.max(0, free - Math.floor(total * 0.01)),
  };
}

function round(value: number, parts: number): number {
  return Math.floor(value * parts) / parts;
}
