import { join } from 'node:path';
import { build, isBuildCurrent } from './build.mjs';
import { withFolderLock } from './folder-lock.mjs';
import { areNodePackagesCurrent, installNodePackages } from './node-packages.mjs';
import { arePythonPackagesCurrent, installPythonPackages } from './python-packages.mjs';

/**
 * Makes the checkout ready to run: npm packages, Python environment, build. Each is left out when nothing has changed.
 * Two that start at once wait for each other. Needs no terminal: nothing asks.
 */
export async function setUp(/** @type {string} */ root) {
  // Nothing to do needs no right to write: the checkout may belong to somebody else.
  if (areNodePackagesCurrent(root) && arePythonPackagesCurrent(root) && isBuildCurrent(root)) return;
  const say = (/** @type {string} */ text) => console.log(text);
  await withFolderLock(join(root, '.tools', 'set-up.lock'), say, async () => {
    await installNodePackages(root);
    await installPythonPackages(root);
    await build(root);
  });
}
