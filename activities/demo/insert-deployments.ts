import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import { demoDeployments, type DemoDeployment } from '#common/domain/demo/demo-deployments.ts';
import { demoServers } from '#common/domain/demo/demo-servers.ts';
import type { DemoPlan } from '#common/domain/demo/plan.ts';
import { demoId } from './demo-ids.ts';

/** No signature of the api: a demo deployment has ended and can never be started. */
const NOT_AUTHORIZED = 'demo';

/** The deployments of the demo's past with hosts, events and output. */
export async function insertDeployments(client: PoolClient, plan: DemoPlan): Promise<void> {
  for (const [index, deployment] of demoDeployments(plan, demoServers(plan)).entries()) {
    const id = demoId(plan, 'deployment', index);
    const inserted = await client.query(
      `INSERT INTO admiral.deployments (id, name, playbook, playbook_hash, variables, state, is_demo, actor_kind, actor_name,
         "authorization", created_at, started_at, finished_at, cancel_requested_at, attempt, last_event_sequence, last_output_sequence)
       VALUES ($1, $2, $3, $4, $5, $6, true, 'system', 'Demo', $7, $8, $9, $10, $11, 1, $12, $13)
       ON CONFLICT (id) DO NOTHING`,
      [
        id,
        deployment.name,
        deployment.playbook,
        createHash('sha256').update('demo').digest('hex'),
        JSON.stringify(deployment.variables),
        deployment.state,
        NOT_AUTHORIZED,
        ...[deployment.createdAtMs, deployment.startedAtMs, deployment.finishedAtMs].map((ms) => new Date(ms)),
        instant(deployment.cancelRequestedAtMs),
        deployment.events.length,
        deployment.output.length,
      ],
    );
    if (inserted.rowCount === 1) await insertParts(client, plan, id, deployment);
  }
}

async function insertParts(client: PoolClient, plan: DemoPlan, id: string, deployment: DemoDeployment): Promise<void> {
  const serverId = (index: string) => demoId(plan, 'server', Number(index));
  for (const [position, host] of deployment.hosts.entries()) {
    await client.query(
      `INSERT INTO admiral.deployment_servers (deployment_id, server_id, server_name, position, state, reason, ok_count, changed_count,
         failed_count, skipped_count, started_at, finished_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        id,
        serverId(host.serverId),
        host.serverName,
        position,
        host.state,
        host.reason,
        host.okCount,
        host.changedCount,
        host.failedCount,
        host.skippedCount,
        instant(host.startedAtMs),
        instant(host.finishedAtMs),
      ],
    );
  }
  const events = deployment.events.map((event) => {
    const { kind, at, host, name, ...data } = event as typeof event & { host?: string; name?: string };
    return { kind, at, serverId: host === undefined ? null : serverId(host), task: name ?? null, data };
  });
  await client.query(
    `INSERT INTO admiral.deployment_events (deployment_id, sequence, at, kind, server_id, task, data)
     SELECT $1, n, to_timestamp(at / 1000), kind, server_id, task, data::jsonb
     FROM unnest($2::float8[], $3::text[], $4::uuid[], $5::text[], $6::text[]) WITH ORDINALITY
       AS given (at, kind, server_id, task, data, n)`,
    [
      id,
      events.map((event) => event.at),
      events.map((event) => event.kind),
      events.map((event) => event.serverId),
      events.map((event) => event.task),
      events.map((event) => JSON.stringify(event.data)),
    ],
  );
  await client.query(
    `INSERT INTO admiral.deployment_output (deployment_id, sequence, at, chunk)
     SELECT $1, n, to_timestamp(at / 1000), chunk FROM unnest($2::float8[], $3::text[]) WITH ORDINALITY AS given (at, chunk, n)`,
    [id, deployment.output.map((piece) => piece.atMs), deployment.output.map((piece) => piece.text)],
  );
}

const instant = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
