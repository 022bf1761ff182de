import { parseArgs } from 'node:util';
import { UsageError } from '../settings/usage-error.ts';

type Kind = 'boolean' | 'string';
type Flags<S extends Record<string, Kind>> = {
  [K in keyof S]: S[K] extends 'boolean' ? boolean : string | undefined;
} & { positionals: string[] };

/** The `--flags` of a command (written in kebab-case, named in camelCase) and its other arguments. Throws UsageError. */
export function readFlags<const S extends Record<string, Kind>>(
  args: string[],
  kinds: S,
  maxPositionals = 0,
): Flags<S> {
  const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const options = Object.fromEntries(Object.entries(kinds).map(([name, type]) => [kebab(name), { type }]));
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0] ?? ''}. "admiral --help" lists what there is.`);
  }
  if (parsed.positionals.length > maxPositionals) {
    throw new UsageError(
      `"${parsed.positionals[maxPositionals] ?? ''}" is one argument too many. "admiral --help" lists what there is.`,
    );
  }
  const flags = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      name,
      parsed.values[kebab(name)] ?? (kind === 'boolean' ? false : undefined),
    ]),
  );
  return { ...flags, positionals: parsed.positionals } as unknown as Flags<S>;
}
