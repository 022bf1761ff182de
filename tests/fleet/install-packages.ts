/** Installs the Debian packages the fleet needs; does nothing when they are there. Run: node --import tsx tests/fleet/install-packages.ts */
import { spawnSync } from 'node:child_process';

import { findMissingTools } from './find-missing-tools.ts';
import { requiredTools } from './required-tools.ts';

function apt(...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-q', '-y', ...args], { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0;
}

function install(): number {
  const missing = findMissingTools();
  if (missing.length === 0) return say('fleet: every package is installed', 0);
  const packages = [...new Set(missing.map((tool) => requiredTools[tool]))];
  if (process.getuid?.() !== 0) return say(`fleet: needs root to install ${packages.join(' ')}`, 1);
  if (spawnSync('apt-get', ['--version']).status !== 0) {
    return say(`fleet: there is no apt-get here; install ${packages.join(' ')} by hand`, 1);
  }
  const wanted = ['install', '--no-install-recommends', ...packages];
  if (!apt(...wanted) && !(apt('update') && apt(...wanted))) {
    return say(`fleet: apt-get could not install ${packages.join(' ')}`, 1);
  }
  const still = findMissingTools();
  return still.length === 0 ? say('fleet: packages installed', 0) : say(`fleet: still missing ${still.join(', ')}`, 1);
}

function say(text: string, status: number): number {
  process.stdout.write(`${text}\n`);
  return status;
}

process.exitCode = install();
