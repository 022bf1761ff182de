import { existsSync, readFileSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

/**
 * Settings of a `.env` file: `NAME=value` lines, `#` comments, optional quotes around the value. No expansion of any kind.
 * A missing file holds no settings.
 */
export function readEnvFile(file: string): Record<string, string> {
  if (!existsSync(file)) return {};
  const settings: Record<string, string> = {};
  for (const [index, raw] of readFileSync(file, 'utf8').split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const match = /^(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=\s*(.*)$/.exec(line);
    if (!match) throw new UsageError(`${file}, line ${String(index + 1)}: write it as NAME=value.`);
    const [, name = '', value = ''] = match;
    settings[name] = /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
  }
  return settings;
}
