import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const IGNORED = new Set(['node_modules', 'build', 'generated', '__pycache__', 'histories']);

/**
 * SHA-256 over names and contents of files and folders (relative to `root`; those that are missing count as such).
 * Tests are left out: they are never built.
 */
export function fingerprint(/** @type {string} */ root, /** @type {readonly string[]} */ paths) {
  const hash = createHash('sha256');
  for (const path of paths) add(hash, root, path);
  return hash.digest('hex');
}

function add(/** @type {import('node:crypto').Hash} */ hash, /** @type {string} */ root, /** @type {string} */ path) {
  let stat;
  try {
    stat = lstatSync(join(root, path));
  } catch {
    hash.update(`${path}\0missing\0`);
    return;
  }
  if (stat.isDirectory()) {
    for (const name of readdirSync(join(root, path)).sort()) {
      if (!IGNORED.has(name) && !/\.test\.tsx?$/.test(name)) add(hash, root, `${path}/${name}`);
    }
  } else if (stat.isFile()) {
    hash.update(`${path}\0`);
    hash.update(readFileSync(join(root, path)));
    hash.update('\0');
  }
}
