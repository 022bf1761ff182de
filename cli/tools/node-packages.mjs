import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { runStep } from './run-step.mjs';

const STAMP = 'node_modules/.admiral-lock-hash';

/** Whether exactly the packages of the lock file are known to be there. */
export function areNodePackagesCurrent(/** @type {string} */ root) {
  const stamp = join(root, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(root, ['package-lock.json']);
}

/** Installs the npm packages of the lock file, unless exactly those are there. */
export async function installNodePackages(/** @type {string} */ root) {
  if (areNodePackagesCurrent(root)) return;
  if (!matchesLock(root)) {
    await runStep('installing npm packages', 'npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
      cwd: root,
      env: { ...process.env, CI: '1', PRISMA_SKIP_POSTINSTALL_GENERATE: '1' },
    });
  }
  writeFileSync(join(root, STAMP), fingerprint(root, ['package-lock.json']));
}

/** Whether somebody already ran `npm ci` or `npm install` for this lock file: npm keeps a copy of what it installed. */
function matchesLock(/** @type {string} */ root) {
  try {
    const read = (/** @type {string} */ file) => JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
    const installed = read('node_modules/.package-lock.json');
    for (const [path, entry] of Object.entries(read('package-lock.json'))) {
      if (path === '') continue;
      const there = installed[path];
      // Packages for other platforms are not installed.
      if (there === undefined ? !entry.optional : there.version !== entry.version) return false;
    }
    return true;
  } catch {
    return false;
  }
}
