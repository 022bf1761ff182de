import { deriveAgentToken } from '#common/crypto/tokens.ts';
import { demoLife, type DemoLife } from '#common/domain/demo/demo-life.ts';
import { demoProcesses } from '#common/domain/demo/demo-processes.ts';
import { demoServers } from '#common/domain/demo/demo-servers.ts';
import { demoValues } from '#common/domain/demo/demo-values.ts';
import type { DemoInput } from '#workflows/demo/messages.ts';
import { requireDemo } from './authorize-demo.ts';
import { demoId } from './demo-ids.ts';
import type { DemoActivityDeps, Pace } from './deps.ts';
import { createReportSender, type ReportSender } from './send-report.ts';

/** After this long the activity ends and the workflow asks for it again. */
const TERM_MS = 30 * 60_000;
const INTERVAL_MS = 30_000;
const TICK_MS = 500;
const AT_ONCE = 8;

interface Reporter {
  id: string;
  life: DemoLife;
  dueMs: number;
}

/**
 * Sends a report for every demo server every 30 s, spread over the interval, with the numbers that go on where history ends. A report
 * that does not arrive is lost, as nobody misses it.
 */
export async function reportDemo(deps: DemoActivityDeps, input: DemoInput, pace: Pace): Promise<void> {
  const plan = await requireDemo(deps.pool, deps.masterKey, input, ['filling', 'live']);
  const sender = createReportSender(deps.publicUrl, deps.caFile);
  const began = Date.now();
  const reporters = demoServers(plan).map((server): Reporter => {
    return { id: demoId(plan, 'server', server.index), life: demoLife(plan, server), dueMs: began };
  });
  let generations = new Map<string, number>();
  let askedMs = 0;
  let wasRefused = false;
  try {
    for (let tick = 0; Date.now() - began < TERM_MS; tick += 1) {
      pace.beat(tick);
      const now = Date.now();
      if (now - askedMs >= INTERVAL_MS) {
        generations = await readGenerations(
          deps,
          reporters.map(({ id }) => id),
        );
        askedMs = now;
      }
      const due = reporters.filter(({ dueMs, id }) => dueMs <= now && generations.has(id));
      for (let from = 0; from < due.length; from += AT_ONCE) {
        const results = await Promise.all(
          due
            .slice(from, from + AT_ONCE)
            .map((reporter) => report(deps, sender, reporter, generations.get(reporter.id) ?? 1)),
        );
        const refusal = results.find((result) => result !== 'accepted');
        if (refusal !== undefined && !wasRefused) deps.logger.warn({ refusal }, 'demo reports do not arrive');
        wasRefused = refusal !== undefined;
        pace.beat(tick);
      }
      due.forEach((reporter) => {
        reporter.dueMs = nextDue(reporter, reporters.length, began, now);
      });
      await pace.sleep(TICK_MS);
    }
  } finally {
    sender.close();
  }
}

/** The first report goes at once; the later ones of each server have a place of their own within the interval. */
function nextDue({ life }: Reporter, count: number, beganMs: number, nowMs: number): number {
  const offset = Math.floor((life.server.index * INTERVAL_MS) / count);
  const first = beganMs + offset;
  return first + (Math.floor((nowMs - first) / INTERVAL_MS) + 1) * INTERVAL_MS;
}

async function report(
  { masterKey }: DemoActivityDeps,
  sender: ReportSender,
  { id, life }: Reporter,
  generation: number,
): Promise<string> {
  const atMs = Date.now();
  const timestamp = new Date(atMs).toISOString();
  const body = {
    node_exporter: [{ timestamp, ...demoValues(life, atMs) }],
    process_exporter: demoProcesses(life, atMs).map((process) => ({ timestamp, ...process })),
  };
  try {
    const status = await sender.send(id, deriveAgentToken(masterKey, id, generation), body);
    return status < 300 ? 'accepted' : `answered with status ${String(status)}`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Servers that are still there, and the generation of their token. */
async function readGenerations({ pool }: DemoActivityDeps, ids: string[]): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ id: string; token_generation: number }>(
    'SELECT id, token_generation FROM admiral.servers WHERE id = ANY($1::uuid[]) AND is_demo',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.token_generation]));
}
