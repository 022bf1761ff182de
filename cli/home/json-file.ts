import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Reads a JSON file; undefined when it is missing or broken (a power cut may leave half a file). */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Writes a 0600 JSON file whole or not at all. */
export function writeJson(file: string, value: unknown): void {
  const temporary = `${file}.${String(process.pid)}.new`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}
