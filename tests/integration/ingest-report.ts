import { METRIC_COLUMN_NAMES } from '#common/domain/metric-columns.ts';

/** A snapshot as the earlier agents send it: a time with nanoseconds and all 39 numbers. */
export function snapshot(at: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  const values = Object.fromEntries(
    METRIC_COLUMN_NAMES.filter((name) => !/nice|irq/.test(name)).map((name, index) => [name, 1000 + index]),
  );
  return { timestamp: `${new Date(at).toISOString().slice(0, -1)}456789Z`, ...values, ...more };
}

export function processSnapshot(at: number, name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const timestamp = new Date(at).toISOString();
  return { timestamp, name, num_procs: 4, cpu_seconds_total: 1234.56, memory_bytes: 104857600, ...more };
}

/** Sends a report; the body may be given as it goes over the wire. */
export async function post(
  url: string,
  reporter: { serverId: string; token?: string },
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(`${url}/ingest/metrics/prometheus?server_id=${encodeURIComponent(reporter.serverId)}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(reporter.token === undefined ? {} : { Authorization: `Bearer ${reporter.token}` }),
      ...headers,
    },
    body: isRaw ? (body as BodyInit) : JSON.stringify(body),
  });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  };
}

export const reportOf = (at: number, more: Record<string, unknown> = {}) => ({
  node_exporter: [snapshot(at)],
  ...more,
});
