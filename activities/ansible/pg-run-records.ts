import type pg from 'pg';
import type { HostProgress } from '#common/domain/host-state.ts';
import type { HostState } from '#common/domain/states.ts';
import type { RunBatch, RunRecords } from './run-records.ts';

/** Events carry the control host's clock; rows further off than this from the database's get its own, as there may be no partition. */
const CLOCK_TOLERANCE_MS = 7 * 24 * 3600 * 1000;

interface DeploymentRow {
  attempt: number;
  event_offset: string;
  output_offset: string;
  last_event_sequence: string;
  last_output_sequence: string;
}

interface HostRow {
  server_id: string;
  server_name: string;
  state: HostState;
  reason: string | null;
  current_task: string | null;
  ok_count: number;
  changed_count: number;
  failed_count: number;
  skipped_count: number;
  started_at: Date | null;
  finished_at: Date | null;
}

/** Run records in the tables deployments, deployment_servers, deployment_events and deployment_output. */
export function createPgRunRecords(pool: pg.Pool): RunRecords {
  return {
    load: async (deploymentId) =>
      inTransaction(pool, async (client) => {
        const deployments = await client.query<DeploymentRow>(
          `SELECT attempt, event_offset, output_offset, last_event_sequence, last_output_sequence
           FROM admiral.deployments WHERE id = $1`,
          [deploymentId],
        );
        const deployment = deployments.rows[0];
        if (!deployment) return null;
        const hosts = await client.query<HostRow>(
          'SELECT * FROM admiral.deployment_servers WHERE deployment_id = $1 ORDER BY position',
          [deploymentId],
        );
        return {
          attempt: deployment.attempt,
          offsets: { events: Number(deployment.event_offset), output: Number(deployment.output_offset) },
          lastEventSequence: Number(deployment.last_event_sequence),
          lastOutputSequence: Number(deployment.last_output_sequence),
          hosts: hosts.rows.map((row) => ({ ...toProgress(row), serverName: row.server_name })),
        };
      }),

    claimAttempt: async (deploymentId, expected, hostIds) =>
      inTransaction(pool, async (client) => {
        const claimed = await client.query<{ attempt: number }>(
          `UPDATE admiral.deployments SET attempt = attempt + 1, event_offset = 0, output_offset = 0
           WHERE id = $1 AND attempt = $2 RETURNING attempt`,
          [deploymentId, expected],
        );
        const attempt = claimed.rows[0]?.attempt;
        if (attempt === undefined) return null;
        await client.query(
          `UPDATE admiral.deployment_servers
           SET state = 'pending', reason = NULL, current_task = NULL, ok_count = 0, changed_count = 0, failed_count = 0,
               skipped_count = 0, started_at = NULL, finished_at = NULL
           WHERE deployment_id = $1 AND server_id = ANY($2::uuid[])`,
          [deploymentId, hostIds],
        );
        return attempt;
      }),

    appendBatch: async (batch) =>
      inTransaction(pool, async (client) => {
        const { deploymentId, attempt, from, to } = batch;
        const moved = await client.query<DeploymentRow>(
          `UPDATE admiral.deployments
           SET event_offset = $5, output_offset = $6,
               last_event_sequence = last_event_sequence + $7, last_output_sequence = last_output_sequence + $8
           WHERE id = $1 AND attempt = $2 AND event_offset = $3 AND output_offset = $4
           RETURNING last_event_sequence, last_output_sequence`,
          [
            deploymentId,
            attempt,
            from.events,
            from.output,
            to.events,
            to.output,
            batch.events.length,
            batch.output.length,
          ],
        );
        const row = moved.rows[0];
        if (!row) return null;
        const sequences = {
          lastEventSequence: Number(row.last_event_sequence),
          lastOutputSequence: Number(row.last_output_sequence),
        };
        await insertEvents(client, batch, sequences.lastEventSequence - batch.events.length);
        await insertOutput(client, batch, sequences.lastOutputSequence - batch.output.length);
        await updateHosts(client, batch);
        return sequences;
      }),
  };
}

async function insertEvents(client: pg.PoolClient, batch: RunBatch, after: number): Promise<void> {
  if (batch.events.length === 0) return;
  await client.query(
    `INSERT INTO admiral.deployment_events (deployment_id, sequence, at, kind, server_id, task, data)
     SELECT $1, $2 + row.n, ${clamped('row.at')}, row.kind, row.server_id, row.task, row.data::jsonb
     FROM unnest($3::float8[], $4::text[], $5::uuid[], $6::text[], $7::text[])
          WITH ORDINALITY AS row(at, kind, server_id, task, data, n)`,
    [
      batch.deploymentId,
      after,
      batch.events.map((event) => event.atMs),
      batch.events.map((event) => event.kind),
      batch.events.map((event) => event.serverId),
      batch.events.map((event) => event.task),
      batch.events.map((event) => JSON.stringify(event.data)),
    ],
  );
}

async function insertOutput(client: pg.PoolClient, batch: RunBatch, after: number): Promise<void> {
  if (batch.output.length === 0) return;
  await client.query(
    `INSERT INTO admiral.deployment_output (deployment_id, sequence, at, chunk)
     SELECT $1, $2 + row.n, now(), row.chunk FROM unnest($3::text[]) WITH ORDINALITY AS row(chunk, n)`,
    [batch.deploymentId, after, batch.output],
  );
}

async function updateHosts(client: pg.PoolClient, batch: RunBatch): Promise<void> {
  if (batch.hosts.length === 0) return;
  const column = <T>(of: (host: HostProgress) => T): T[] => batch.hosts.map(of);
  await client.query(
    `UPDATE admiral.deployment_servers AS host
     SET state = new.state, reason = new.reason, current_task = new.current_task, ok_count = new.ok_count,
         changed_count = new.changed_count, failed_count = new.failed_count, skipped_count = new.skipped_count,
         started_at = to_timestamp(new.started_at / 1000), finished_at = to_timestamp(new.finished_at / 1000)
     FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[], $8::int[], $9::int[], $10::float8[],
                 $11::float8[])
          AS new(server_id, state, reason, current_task, ok_count, changed_count, failed_count, skipped_count, started_at,
                 finished_at)
     WHERE host.deployment_id = $1 AND host.server_id = new.server_id`,
    [
      batch.deploymentId,
      column((host) => host.serverId),
      column((host) => host.state),
      column((host) => host.reason),
      column((host) => host.currentTask),
      column((host) => host.okCount),
      column((host) => host.changedCount),
      column((host) => host.failedCount),
      column((host) => host.skippedCount),
      column((host) => host.startedAtMs),
      column((host) => host.finishedAtMs),
    ],
  );
}

/** SQL for an instant of the control host, or the database's own where the two clocks are too far apart. `column` is a constant. */
function clamped(column: string): string {
  const distance = `abs(${column} - extract(epoch FROM now()) * 1000)`;
  return `CASE WHEN ${distance} < ${String(CLOCK_TOLERANCE_MS)} THEN to_timestamp(${column} / 1000) ELSE now() END`;
}

function toProgress(row: HostRow): HostProgress {
  return {
    serverId: row.server_id,
    state: row.state,
    reason: row.reason,
    currentTask: row.current_task,
    okCount: row.ok_count,
    changedCount: row.changed_count,
    failedCount: row.failed_count,
    skippedCount: row.skipped_count,
    startedAtMs: row.started_at?.getTime() ?? null,
    finishedAtMs: row.finished_at?.getTime() ?? null,
  };
}

async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // Rolled back by the server when the connection is gone; a connection of unknown state is not used again.
    broken = error instanceof Error ? error : new Error('unknown');
    throw error;
  } finally {
    client.release(broken);
  }
}
