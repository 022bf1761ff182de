import { homeFolder } from '../settings/starter-settings.ts';
import type { CommandContext } from './command-context.ts';
import { readFlags } from './flags.ts';
import { findRunning } from './running.ts';

/** `admiral status [--json]`: exit status 0 when everything is ready, 1 otherwise, 3 when nothing runs. */
export async function status(context: CommandContext): Promise<number> {
  const { json } = readFlags(context.args, { json: 'boolean' });
  const running = findRunning(context);
  if (!running) {
    const home = homeFolder(context.root, context.env);
    if (json) console.log(JSON.stringify({ state: 'stopped', home, parts: [], runsInFlight: [] }, null, 2));
    else console.log(`stopped; data folder ${home}`);
    return 3;
  }
  const found = await running.call('GET', '/status');
  if (json) console.log(JSON.stringify(found, null, 2));
  else {
    console.log(`${found.state}: ${found.url} (version ${found.version}, process ${String(found.pid)})`);
    console.log(`data folder ${found.home}; ${String(found.runsInFlight.length)} runs in flight\n`);
    const rows = found.parts.map((part) => [
      part.name,
      part.state,
      part.pid === null ? '-' : String(part.pid),
      part.version ?? '-',
      Object.values(part.ports).join(', ') || '-',
      part.restarts === 0 ? '' : `restarted ${String(part.restarts)} times, last ${part.lastExit ?? ''}`,
    ]);
    printTable([['part', 'state', 'pid', 'version', 'ports', ''], ...rows]);
  }
  return found.state === 'ready' ? 0 : 1;
}

function printTable(rows: string[][]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 2))
        .join('')
        .trimEnd(),
    );
  }
}
