export type MetricColumnType = 'double' | 'bigint' | 'integer';

/** Numbers of a snapshot: each is the JSON field of a report and the column of `metrics` at once. */
export const METRIC_COLUMNS = {
  cpu_idle_seconds: 'double',
  cpu_iowait_seconds: 'double',
  cpu_system_seconds: 'double',
  cpu_user_seconds: 'double',
  cpu_steal_seconds: 'double',
  cpu_cores: 'integer',
  memory_total_bytes: 'bigint',
  memory_available_bytes: 'bigint',
  memory_free_bytes: 'bigint',
  memory_cached_bytes: 'bigint',
  memory_buffers_bytes: 'bigint',
  memory_active_bytes: 'bigint',
  memory_inactive_bytes: 'bigint',
  swap_total_bytes: 'bigint',
  swap_free_bytes: 'bigint',
  swap_cached_bytes: 'bigint',
  disk_total_bytes: 'bigint',
  disk_free_bytes: 'bigint',
  disk_available_bytes: 'bigint',
  disk_reads_completed_total: 'bigint',
  disk_writes_completed_total: 'bigint',
  disk_read_bytes_total: 'bigint',
  disk_written_bytes_total: 'bigint',
  disk_io_time_seconds_total: 'double',
  network_receive_bytes_total: 'bigint',
  network_transmit_bytes_total: 'bigint',
  network_receive_packets_total: 'bigint',
  network_transmit_packets_total: 'bigint',
  network_receive_errs_total: 'bigint',
  network_transmit_errs_total: 'bigint',
  network_receive_drop_total: 'bigint',
  network_transmit_drop_total: 'bigint',
  load_1min: 'double',
  load_5min: 'double',
  load_15min: 'double',
  processes_running: 'integer',
  processes_blocked: 'integer',
  processes_total: 'bigint',
  uptime_seconds: 'bigint',
  cpu_nice_seconds: 'double',
  cpu_irq_seconds: 'double',
  cpu_softirq_seconds: 'double',
} as const satisfies Record<string, MetricColumnType>;

export type MetricColumn = keyof typeof METRIC_COLUMNS;
export const METRIC_COLUMN_NAMES = Object.keys(METRIC_COLUMNS) as MetricColumn[];

/** Values of one scrape; null or absent where they are unknown. */
export type MetricValues = Partial<Record<MetricColumn, number | null>>;
