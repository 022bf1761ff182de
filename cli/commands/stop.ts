import { waitUntilGone } from '../home/process-identity.ts';
import { CannotError } from '../settings/usage-error.ts';
import type { CommandContext } from './command-context.ts';
import { readFlags } from './flags.ts';
import { findRunning } from './running.ts';

const PATIENCE_MS = 20_000;

/** `admiral stop [--keep-runs]`: returns when everything has ended. */
export async function stop(context: CommandContext): Promise<number> {
  const { keepRuns } = readFlags(context.args, { keepRuns: 'boolean' });
  const running = findRunning(context);
  if (!running) {
    console.log('Nothing runs.');
    return 0;
  }
  const { runsInFlight } = await running.call('POST', `/stop?keepRuns=${keepRuns ? '1' : '0'}`);
  if (runsInFlight.length > 0) {
    console.log(`${String(runsInFlight.length)} runs in flight ${keepRuns ? 'are left alive:' : 'are ended.'}`);
    if (keepRuns) for (const run of runsInFlight) console.log(`  ${run.run}  process ${String(run.supervisorPid)}`);
  }
  if (!(await waitUntilGone([running.starter], PATIENCE_MS))) {
    throw new CannotError(`Process ${String(running.starter.pid)} did not end: look into ${running.home.logs}.`);
  }
  console.log('Stopped.');
  return 0;
}
