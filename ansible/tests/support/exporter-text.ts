/** A reduced answer of node_exporter 1.5 on a machine with two cores; `disk` and `card` are the names to report. */
export const nodeExporterText = (
  disk: string,
  card: string,
  bootTime: number,
): string => `# HELP node_cpu_seconds_total Seconds the CPUs spent in each mode.
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 1.00000125e+06
node_cpu_seconds_total{cpu="0",mode="iowait"} 10.5
node_cpu_seconds_total{cpu="0",mode="irq"} 0.25
node_cpu_seconds_total{cpu="0",mode="nice"} 1.5
node_cpu_seconds_total{cpu="0",mode="softirq"} 2.25
node_cpu_seconds_total{cpu="0",mode="steal"} 3
node_cpu_seconds_total{cpu="0",mode="system"} 40
node_cpu_seconds_total{cpu="0",mode="user"} 100.25
node_cpu_seconds_total{cpu="1",mode="idle"} 2000
node_cpu_seconds_total{cpu="1",mode="iowait"} 0.5
node_cpu_seconds_total{cpu="1",mode="irq"} 0
node_cpu_seconds_total{cpu="1",mode="nice"} 0.5
node_cpu_seconds_total{cpu="1",mode="softirq"} 0.75
node_cpu_seconds_total{cpu="1",mode="steal"} 0
node_cpu_seconds_total{cpu="1",mode="system"} 2
node_cpu_seconds_total{cpu="1",mode="user"} 0.75
node_cpu_guest_seconds_total{cpu="0",mode="user"} 99
node_boot_time_seconds ${bootTime.toExponential()}
node_memory_MemTotal_bytes 1.6e+10
node_memory_MemAvailable_bytes 9.007199254740991e+15
node_memory_MemFree_bytes 2.5e+09
node_memory_Cached_bytes 3e+09
node_memory_Buffers_bytes 1e+08
node_memory_Active_bytes 4e+09
node_memory_Inactive_bytes 5e+09
node_memory_SwapTotal_bytes 0
node_memory_SwapFree_bytes 0
node_memory_SwapCached_bytes NaN
node_filesystem_size_bytes{device="/dev/other",fstype="ext4",mountpoint="/data"} 7
node_filesystem_size_bytes{device="/dev/root",fstype="ext4",mountpoint="/"} 5.0e+10
node_filesystem_free_bytes{device="/dev/root",fstype="ext4",mountpoint="/"} 3.0e+10
node_filesystem_avail_bytes{device="/dev/root",fstype="ext4",mountpoint="/"} 2.5e+10
node_disk_reads_completed_total{device="another"} 1
node_disk_reads_completed_total{device="${disk}"} 11
node_disk_writes_completed_total{device="${disk}"} 12
node_disk_read_bytes_total{device="${disk}"} 1.3e+10
node_disk_written_bytes_total{device="${disk}"} 1.4e+10
node_disk_io_time_seconds_total{device="${disk}"} 15.25
node_network_receive_bytes_total{device="aaa0"} 1
node_network_receive_bytes_total{device="${card}"} 2.1e+10
node_network_receive_packets_total{device="${card}"} 22
node_network_receive_errs_total{device="${card}"} 23
node_network_receive_drop_total{device="${card}"} 24
node_network_transmit_bytes_total{device="${card}"} 2.5e+10
node_network_transmit_packets_total{device="${card}"} 26
node_network_transmit_errs_total{device="${card}"} 27
node_network_transmit_drop_total{device="${card}"} 28
node_load1 0.5
node_load5 0.25
node_load15 0.125
node_procs_running 3
node_procs_blocked 1
node_forks_total 5.000000001e+09
`;

/** A reduced answer of process_exporter 0.7. */
export const PROCESS_EXPORTER_TEXT = `# TYPE namedprocess_namegroup_num_procs gauge
namedprocess_namegroup_num_procs{groupname="nginx"} 4
namedprocess_namegroup_num_procs{groupname="gone"} 0
namedprocess_namegroup_num_procs{groupname="odd \\"name\\" {x}"} 1
namedprocess_namegroup_cpu_seconds_total{groupname="nginx",mode="system"} 34.5
namedprocess_namegroup_cpu_seconds_total{groupname="nginx",mode="user"} 1200.06
namedprocess_namegroup_cpu_seconds_total{groupname="odd \\"name\\" {x}",mode="user"} 2
namedprocess_namegroup_memory_bytes{groupname="nginx",memtype="resident"} 1.048576e+08
namedprocess_namegroup_memory_bytes{groupname="nginx",memtype="virtual"} 9e+09
namedprocess_namegroup_memory_bytes{groupname="odd \\"name\\" {x}",memtype="resident"} 4096
`;
