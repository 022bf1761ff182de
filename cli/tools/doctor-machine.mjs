import { spawnSync } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { requireNode, requirePython } from './requirements.mjs';

const FREE_DISK_BYTES = 3 * 2 ** 30;
const LITTLE_MEMORY_BYTES = 2 * 2 ** 30;
const GIB = 2 ** 30;

/**
 * What the machine must bring.
 * @returns {import('./doctor.mjs').Finding[]}
 */
export function machineChecks(/** @type {string} */ root) {
  return [system(), node(), python(), venvModule(), npm(root), ...ssh(), userNamespace(), disk(root), memory()];
}

function system() {
  const found = `${process.platform} ${process.arch}`;
  return process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)
    ? ok('system', found)
    : problem('system', found, 'Admiral runs on Linux with an x64 or arm64 processor.');
}

function node() {
  try {
    requireNode();
    return ok('Node', process.versions.node);
  } catch (error) {
    return problem('Node', process.versions.node, /** @type {Error} */ (error).message);
  }
}

function python() {
  try {
    const { program, version } = requirePython();
    return ok('Python', `${version} (${program})`);
  } catch (error) {
    return problem('Python', 'none that is new enough', /** @type {Error} */ (error).message);
  }
}

function venvModule() {
  let program = 'python3';
  try {
    program = requirePython().program;
  } catch {
    // Said above.
  }
  return succeeds(program, ['-c', 'import venv, ensurepip'])
    ? ok('Python venv', 'there')
    : problem('Python venv', 'missing', 'Install it (Debian: apt install python3-venv).');
}

function npm(/** @type {string} */ root) {
  if (succeeds('npm', ['--version'])) return ok('npm', 'there');
  const fix = 'Install npm; it comes with Node from https://nodejs.org (Debian: apt install npm).';
  return existsSync(join(root, 'node_modules', '.admiral-lock-hash'))
    ? warning('npm', 'missing; what it installed is there', fix)
    : problem('npm', 'missing', fix);
}

function ssh() {
  return ['ssh', 'ssh-agent', 'ssh-add'].map((program) =>
    spawnSync(program, ['-V'], { timeout: 10_000 }).error === undefined
      ? ok(program, 'there')
      : problem(program, 'missing', 'Install the OpenSSH client (Debian: apt install openssh-client).'),
  );
}

/** Postgres refuses to run as root; as root it is started in a user namespace. */
function userNamespace() {
  if (process.getuid?.() !== 0) return ok('user', `uid ${process.getuid?.()}, not root`);
  return succeeds('unshare', ['--user', '--map-user=1000', '--map-group=1000', '--', 'true'])
    ? ok('user', 'root, with user namespaces for Postgres')
    : problem(
        'user',
        'root, but no user namespace can be made for Postgres',
        'Start as an ordinary user, or install util-linux and allow user namespaces (sysctl user.max_user_namespaces=15000).',
      );
}

function disk(/** @type {string} */ root) {
  const { bavail, bsize } = statfsSync(root);
  const free = bavail * bsize;
  const found = `${(free / GIB).toFixed(1)} GiB free`;
  return free >= FREE_DISK_BYTES
    ? ok('disk', found)
    : problem('disk', found, 'Free 3 GiB on the disk of the checkout.');
}

function memory() {
  const found = `${(totalmem() / GIB).toFixed(1)} GiB`;
  return totalmem() >= LITTLE_MEMORY_BYTES
    ? ok('memory', found)
    : warning('memory', found, 'Admiral takes about 1.5 GiB; with less than 2 GiB it may be slow.');
}

function succeeds(/** @type {string} */ program, /** @type {string[]} */ args) {
  return spawnSync(program, args, { timeout: 20_000 }).status === 0;
}

/** @returns {import('./doctor.mjs').Finding} */
export function ok(/** @type {string} */ name, /** @type {string} */ found) {
  return { name, state: 'ok', found };
}

/** @returns {import('./doctor.mjs').Finding} */
export function warning(/** @type {string} */ name, /** @type {string} */ found, /** @type {string} */ fix) {
  return { name, state: 'warning', found, fix };
}

/** @returns {import('./doctor.mjs').Finding} */
export function problem(/** @type {string} */ name, /** @type {string} */ found, /** @type {string} */ fix) {
  return { name, state: 'problem', found, fix };
}
