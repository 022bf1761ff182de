import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** What lies in a backup besides the data, as `manifest.json`. */
export const Manifest = z.object({
  product: z.literal('nodepulse-admiral'),
  format: z.literal(1),
  version: z.string(),
  createdAt: z.string(),
  /** Of the key that the data was sealed with; the key itself is not in the backup. */
  masterKeyFingerprint: z.string(),
  /** Whether the key lay in the data folder, where a restore then puts the given one. */
  isMasterKeyInHome: z.boolean(),
  /** SHA-256 in hex by path. */
  files: z.record(z.string(), z.string()),
});
export type Manifest = z.infer<typeof Manifest>;

export const MANIFEST_FILE = 'manifest.json';

/** Folders and files of the data folder that a backup holds. */
export const BACKED_UP = ['admiral.json', 'postgres', 'valkey', 'temporal', 'caddy', 'secrets'] as const;

/** Parts of them that a backup leaves out: the master key, and what only a running process uses. */
export const LEFT_OUT = ['secrets/master-key', 'postgres/postmaster.pid', 'postgres/postmaster.opts'] as const;

/** Paths of all regular files below the backed up ones; throws on links and the like, which our data never holds. */
export function listFiles(folder: string): string[] {
  const walk = (path: string): string[] => {
    const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
    if (stat === undefined || (LEFT_OUT as readonly string[]).includes(path)) return [];
    if (stat.isDirectory()) return readdirSync(join(folder, path)).flatMap((name) => walk(`${path}/${name}`));
    if (!stat.isFile()) throw new Error(`${path} is neither a file nor a folder`);
    return [path];
  };
  return BACKED_UP.flatMap(walk).sort();
}

/** SHA-256 of each file, in hex. */
export async function hashFiles(folder: string, paths: readonly string[]): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const path of paths) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, path)), hash);
    hashes[path] = hash.digest('hex');
  }
  return hashes;
}
