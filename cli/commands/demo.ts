import { MAX_DEMO_DAYS, MAX_DEMO_SERVERS, type Demo } from '#common/contracts/demo.ts';
import { CannotError, UsageError } from '../settings/usage-error.ts';
import { withApi, type CallApi } from './api-access.ts';
import type { CommandContext } from './command-context.ts';
import { readFlags } from './flags.ts';

const ACCESS = { name: 'admiral demo', role: 'operator' } as const;
const POLL_MS = 500;
/** Longest time without any progress. */
const PATIENCE_MS = 3 * 60_000;

/** `admiral demo [--servers N] [--days D] | --remove | --status`: returns when the history is there, or when everything is gone. */
export async function demo(context: CommandContext): Promise<number> {
  const flags = readFlags(context.args, { servers: 'string', days: 'string', remove: 'boolean', status: 'boolean' });
  if (
    Number(flags.remove) + Number(flags.status) + Number(flags.servers !== undefined || flags.days !== undefined) >
    1
  ) {
    throw new UsageError(
      'Write one of "admiral demo --servers N --days D", "admiral demo --remove" and "admiral demo --status".',
    );
  }
  const servers = readNumber('--servers', flags.servers ?? '20', 1, MAX_DEMO_SERVERS);
  const days = readNumber('--days', flags.days ?? '7', 0, MAX_DEMO_DAYS);
  await withApi(context, ACCESS, async (call) => {
    if (flags.status) console.log(describe(await call<Demo>('GET', '/api/demo')));
    else if (flags.remove) await remove(call);
    else await fill(call, { servers, days });
  });
  return 0;
}

async function fill(call: CallApi, order: { servers: number; days: number }): Promise<void> {
  await call<Demo>('POST', '/api/demo', order);
  const show = progressLine();
  const filled = await follow(call, (found) => {
    show(
      `Making ${String(order.days)} days of history for ${String(order.servers)} demo servers`,
      found.progressPercent ?? 0,
    );
    return found.state !== 'filling';
  });
  if (filled.state !== 'live') throw new CannotError('The demo servers were removed meanwhile.');
  console.log(describe(filled));
}

async function remove(call: CallApi): Promise<void> {
  const { state } = await call<Demo>('DELETE', '/api/demo');
  if (state === 'none') {
    console.log('There are no demo servers.');
    return;
  }
  console.log('Removing the demo servers ...');
  await follow(call, (found) => found.state === 'none');
  console.log('The demo servers and everything that was theirs are gone; the audit log says that they were there.');
}

/** Asks until `isOver`; gives up when nothing changes for minutes. */
async function follow(call: CallApi, isOver: (found: Demo) => boolean): Promise<Demo> {
  let last = '';
  let changedMs = Date.now();
  for (;;) {
    const found = await call<Demo>('GET', '/api/demo');
    if (isOver(found)) return found;
    const now = JSON.stringify(found);
    if (now !== last) changedMs = Date.now();
    last = now;
    if (Date.now() - changedMs > PATIENCE_MS) {
      throw new CannotError('Nothing happens any more: "admiral status" and "admiral logs ansible-worker" show why.');
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function describe(found: Demo): string {
  const { state, servers, days, progressPercent } = found;
  if (state === 'none') return 'There are no demo servers.';
  const many = `${String(servers)} demo servers with ${String(days)} days of history`;
  if (state === 'filling') return `${many} are being made: ${String(progressPercent)} %.`;
  if (state === 'removing') return `${many} are being removed.`;
  return `${many} report every 30 s. "admiral demo --remove" takes them away.`;
}

/** Shows progress: in place on a terminal, else a line for every quarter. */
function progressLine(): (what: string, percent: number) => void {
  let shown = -1;
  return (what, percent) => {
    const step = process.stdout.isTTY ? percent : Math.floor(percent / 25) * 25;
    if (step === shown) return;
    shown = step;
    const line = `${what}: ${String(step)} %`;
    if (process.stdout.isTTY) process.stdout.write(`\r${line}${percent === 100 ? '\n' : ''}`);
    else console.log(line);
  };
}

function readNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${flag} must be a whole number from ${String(least)} to ${String(most)}, not "${text}".`);
}
