import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeLayout } from '../home/layout.ts';
import { homeFolder } from '../settings/starter-settings.ts';
import { CannotError, UsageError } from '../settings/usage-error.ts';
import type { CommandContext } from './command-context.ts';
import { readFlags } from './flags.ts';

const DEFAULT_LINES = 40;

/** `admiral logs [part] [--lines N]`: the newest lines of one part's log, or a few of each. */
export function logs(context: CommandContext): Promise<number> {
  const flags = readFlags(context.args, { lines: 'string' }, 1);
  const lines = Number(flags.lines ?? DEFAULT_LINES);
  if (!Number.isInteger(lines) || lines < 1) throw new UsageError('--lines must be a number of lines.');
  const folder = homeLayout(homeFolder(context.root, context.env)).logs;
  const parts = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.log'))
        .map((name) => name.slice(0, -'.log'.length))
        .sort()
    : [];
  const [part] = flags.positionals;
  if (part !== undefined && !parts.includes(part)) {
    throw new CannotError(`There is no log of "${part}" in ${folder}; there are ${parts.join(', ') || 'none'}.`);
  }
  for (const name of part === undefined ? parts : [part]) {
    if (part === undefined) console.log(`== ${join(folder, `${name}.log`)}`);
    const text = readFileSync(join(folder, `${name}.log`), 'utf8')
      .trimEnd()
      .split('\n');
    console.log(text.slice(part === undefined ? -Math.min(lines, 10) : -lines).join('\n'));
  }
  return Promise.resolve(0);
}
