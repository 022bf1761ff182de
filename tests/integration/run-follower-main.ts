/** A worker that a test can kill: follows one run, told by a JSON file. */
import { readFile } from 'node:fs/promises';
import type { PoolConfig } from 'pg';
import type { RunPlan } from '#activities/ansible/run-plan.ts';
import { makeFollower, makeLink } from './run-follower.ts';

interface Order {
  home: string;
  database: PoolConfig;
  deploymentId: string;
  plan: RunPlan;
}

const order = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as Order;
const follower = makeFollower({ home: order.home, database: order.database, plan: () => Promise.resolve(order.plan) });
await follower.runs.runPlaybook(
  { deploymentId: order.deploymentId, authorization: '', confirmed: false },
  makeLink('first'),
);
await follower.close();
