import type { PoolClient } from 'pg';
import { deriveAgentToken, hashToken } from '#common/crypto/tokens.ts';
import { demoLife, type DemoLife } from '#common/domain/demo/demo-life.ts';
import { demoServers } from '#common/domain/demo/demo-servers.ts';
import { demoValues } from '#common/domain/demo/demo-values.ts';
import { DAY_MS, HISTORY_STEP_MS, type DemoPlan } from '#common/domain/demo/plan.ts';
import { cpuPercents } from '#common/domain/metric-rates.ts';
import { demoId } from './demo-ids.ts';

/** Servers with their agent tokens and newest values. They have no key and no host key: nothing can ever connect to them. */
export async function insertServers(client: PoolClient, plan: DemoPlan, masterKey: Buffer): Promise<string[]> {
  const ids: string[] = [];
  for (const server of demoServers(plan)) {
    const id = demoId(plan, 'server', server.index);
    const createdAt = new Date(plan.originMs - plan.days * DAY_MS - server.index * 1000);
    const seenAt = new Date(plan.originMs);
    const { os, osVersion, kernel, cores, memoryBytes, address, name } = server;
    const facts = {
      os,
      osVersion,
      kernel,
      architecture: 'x86_64',
      cores,
      memoryBytes,
      hostname: name,
      addresses: [address],
    };
    await client.query(
      `INSERT INTO admiral.servers (id, server_id, hostname, ssh_host, ssh_username, environment, tags, is_demo, connection_state,
         connection_checked_at, facts, facts_at, last_seen_at, created_at, updated_at)
       VALUES ($1, $2, $3, $4, 'demo', $5, $6, true, 'ok', $7, $8, $7, $7, $9, $7)
       ON CONFLICT (id) DO NOTHING`,
      [id, id, name, address, server.environment, server.tags, seenAt, JSON.stringify(facts), createdAt],
    );
    await client.query(
      `INSERT INTO admiral.server_agent_tokens (id, server_id, fingerprint, generation)
       VALUES (gen_random_uuid(), $1, $2, 1) ON CONFLICT (fingerprint) DO NOTHING`,
      [id, hashToken(deriveAgentToken(masterKey, id, 1))],
    );
    await client.query(
      `INSERT INTO admiral.server_newest (server_id, at, "values") VALUES ($1, $2, $3) ON CONFLICT (server_id) DO NOTHING`,
      [id, seenAt, JSON.stringify(newestValues(demoLife(plan, server), plan.originMs))],
    );
    ids.push(id);
  }
  return ids;
}

/** As the digest writes them: the columns, and the CPU percentage that two scrapes give. */
function newestValues(life: DemoLife, atMs: number): Record<string, number | null> {
  const values = demoValues(life, atMs);
  const percents = cpuPercents(demoValues(life, atMs - HISTORY_STEP_MS), values);
  return {
    ...(values as Record<string, number | null>),
    cpu_percent: percents && Math.round(percents.busy * 100) / 100,
  };
}
