import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findAptMirror } from './apt-mirror.ts';
import { lockFile } from './file-lock.ts';
import { prepareTree } from './prepare-tree.ts';
import { runToEnd } from './run-to-end.ts';
import { installedPackages, treeName, type Suite } from './tree-recipe.ts';

const PROGRESS_EVERY_MS = 5000;

/** Folder of the trees: `ADMIRAL_FLEET_CACHE`, else `.cache/fleet` in the checkout. */
export function treeCache(): string {
  const { ADMIRAL_FLEET_CACHE } = process.env;
  return ADMIRAL_FLEET_CACHE ?? fileURLToPath(new URL('../../.cache/fleet', import.meta.url));
}

/**
 * Path of a suite's tree, built first where the cache lacks it (one to two minutes; others that want it meanwhile wait).
 * @throws Error with the last lines of what failed; nothing half-built stays behind under the tree's name.
 */
export async function ensureTree(suite: Suite, report: (line: string) => void = reportToStderr): Promise<string> {
  const cache = treeCache();
  const tree = join(cache, treeName(suite));
  if (existsSync(tree)) return tree;
  if (/[,:\\\n]/.test(cache)) {
    throw new Error(`${cache} has a character that overlay mounts refuse: set ADMIRAL_FLEET_CACHE to another folder.`);
  }
  // Root alone may look inside: the trees hold set-uid programs that never get this machine's updates.
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const unlock = await lockFile(join(cache, `${suite}.lock`), () => {
    report(`${suite}: another process builds this tree, waiting for it`);
  });
  try {
    if (!existsSync(tree)) await buildTree(cache, tree, suite, report);
  } finally {
    await unlock();
  }
  return tree;
}

async function buildTree(cache: string, tree: string, suite: Suite, report: (line: string) => void): Promise<void> {
  const startedAt = Date.now();
  const mirror = findAptMirror();
  for (const name of readdirSync(cache)) {
    if (name.startsWith(`${suite}-`) && name.endsWith('.partial')) rmSync(join(cache, name), { recursive: true });
  }
  const partial = `${tree}.partial`;
  const onLine = throttle((line) => {
    report(`${suite}: ${line}`);
  });
  report(`${suite}: building the tree, this takes one to two minutes`);
  const include = `--include=${installedPackages.join(',')}`;
  await runToEnd(['debootstrap', '--variant=minbase', include, suite, partial, mirror.archive], onLine);
  await prepareTree(partial, suite, mirror, onLine);
  renameSync(partial, tree);
  report(`${suite}: tree ready after ${String(Math.round((Date.now() - startedAt) / 1000))} s`);
}

function throttle(report: (line: string) => void): (line: string) => void {
  let lastAt = 0;
  return (line) => {
    if (Date.now() - lastAt < PROGRESS_EVERY_MS) return;
    lastAt = Date.now();
    report(line);
  };
}

function reportToStderr(line: string): void {
  process.stderr.write(`fleet: ${line}\n`);
}
