import { CannotError } from '../settings/usage-error.ts';
import type { CommandContext } from './command-context.ts';
import { readFlags } from './flags.ts';
import { requireRunning } from './running.ts';

const PATIENCE_MS = 120_000;

/** `admiral restart [part]`: everything, or one part; runs in flight go on. Returns when it is ready again. */
export async function restart(context: CommandContext): Promise<number> {
  const [part] = readFlags(context.args, {}, 1).positionals;
  const running = requireRunning(context);
  if (part !== undefined) {
    await running.call('POST', `/restart-part?part=${encodeURIComponent(part)}`, PATIENCE_MS);
    console.log(`${part} was restarted.`);
    return 0;
  }
  const { runsInFlight } = await running.call('POST', '/restart');
  for (const run of runsInFlight) console.log(`The run ${run.run} goes on (process ${String(run.supervisorPid)}).`);
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { state, url } = await running.call('GET', '/status');
    if (state === 'ready') {
      console.log(`Admiral is ready: ${url}`);
      return 0;
    }
  }
  throw new CannotError(`The installation did not become ready again: look into ${running.home.logs}.`);
}
