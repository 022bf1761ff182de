import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runStep } from './run-step.mjs';

/** Programs of the machine that tests use, and the Debian package of each. */
const PROGRAMS = {
  chromium: 'chromium',
  'ssh-agent': 'openssh-client',
  'ssh-keygen': 'openssh-client',
  sudo: 'sudo',
  openssl: 'openssl',
};

/**
 * Installs the Debian packages that tests need, where this is root on Debian; elsewhere says what will be skipped.
 * Test hosts and the browser need them; a test that lacks its program says so itself.
 */
export async function installTestPackages(/** @type {string} */ root) {
  const missing = [...new Set(Object.entries(PROGRAMS).flatMap(([name, debian]) => (isOnPath(name) ? [] : [debian])))];
  const isRoot = process.getuid?.() === 0 && isOnPath('apt-get');
  if (missing.length > 0 && isRoot) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = ['install', '-q', '-y', '--no-install-recommends', ...missing];
    try {
      await runStep(`installing ${missing.join(', ')}`, 'apt-get', install, { cwd: root, env });
    } catch {
      await runStep('reading the package lists', 'apt-get', ['update', '-q'], { cwd: root, env });
      await runStep(`installing ${missing.join(', ')}`, 'apt-get', install, { cwd: root, env });
    }
  } else if (missing.length > 0) {
    console.log(`  not installed: ${missing.join(', ')}; tests that need them are skipped or fail`);
  }
  const installer = 'tests/fleet/install-packages.ts';
  if (isRoot && existsSync(join(root, installer))) {
    // What it cannot install is the reason that the skipped tests give.
    spawnSync(process.execPath, ['--import', 'tsx', installer], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  }
}

function isOnPath(/** @type {string} */ program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));
}
