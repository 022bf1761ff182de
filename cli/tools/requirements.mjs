import { spawnSync } from 'node:child_process';
import { SentenceError } from './sentence-error.mjs';

const NODE_MINIMUM = [20, 19];
const PYTHON_MINIMUM = [3, 11];
const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.14'];

/** Whether `version` (`20.19.1`) is at least `minimum` (`[20, 19]`). */
export function isAtLeast(/** @type {string} */ version, /** @type {number[]} */ minimum) {
  const parts = version.split('.').map((part) => parseInt(part, 10));
  for (const [index, wanted] of minimum.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

/** Throws with the fix when this Node is too old. */
export function requireNode(version = process.versions.node) {
  if (isAtLeast(version, NODE_MINIMUM)) return;
  throw new SentenceError(
    `Node ${version} is too old: install Node ${NODE_MINIMUM.join('.')} or later (https://nodejs.org) and start again.`,
  );
}

/**
 * The first python3 on PATH that is new enough.
 * @returns {{ program: string, version: string }}
 */
export function requirePython() {
  const found = [];
  for (const program of PYTHONS) {
    const code = 'import sys; print(".".join(map(str, sys.version_info[:3])))';
    const result = spawnSync(program, ['-c', code], { encoding: 'utf8', timeout: 20_000 });
    const version = result.status === 0 ? result.stdout.trim() : undefined;
    if (version && isAtLeast(version, PYTHON_MINIMUM)) return { program, version };
    if (version) found.push(version);
  }
  const seen = found.length > 0 ? `Python ${found[0]} is too old` : 'Python was not found';
  throw new SentenceError(
    `${seen}: install Python ${PYTHON_MINIMUM.join('.')} or later with its venv module (Debian: apt install python3 python3-venv) and start again.`,
  );
}
