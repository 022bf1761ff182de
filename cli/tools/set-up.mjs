import { join } from 'node:path';
import { build } from './build.mjs';
import { withFolderLock } from './folder-lock.mjs';
import { installNodePackages } from './node-packages.mjs';
import { installPythonPackages } from './python-packages.mjs';

/**
 * Makes the checkout ready to run: npm packages, Python environment, build. Each is left out when nothing has changed.
 * Two that start at once wait for each other. Needs no terminal: nothing asks.
 */
export async function setUp(/** @type {string} */ root) {
  const say = (/** @type {string} */ text) => console.log(text);
  await withFolderLock(join(root, '.tools', 'set-up.lock'), say, async () => {
    await installNodePackages(root);
    await installPythonPackages(root);
    await build(root);
  });
}
