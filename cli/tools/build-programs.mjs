import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ENTRIES } from './build.mjs';

const outdir = 'build';
const before = existsSync(join(outdir, 'chunks')) ? readdirSync(join(outdir, 'chunks')) : [];
const result = await build({
  entryPoints: ENTRIES,
  outdir,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
  // The dashboard's own bundle is made by Vite and loaded when the program runs.
  external: ['*/build/app/server/index.js'],
  logLevel: 'warning',
});
// Chunks are named by their contents; those of earlier builds are no longer used.
const made = new Set(Object.keys(result.metafile.outputs));
for (const name of before) {
  const file = join(outdir, 'chunks', name);
  if (!made.has(file)) rmSync(file, { force: true });
}
