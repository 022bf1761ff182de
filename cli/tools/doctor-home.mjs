import { existsSync, lstatSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { ok, problem, warning } from './doctor-machine.mjs';

const FREE_DISK_BYTES = 2 ** 30;

/**
 * What stands in the way in the checkout, the data folder and the settings.
 * @returns {Promise<import('./doctor.mjs').Finding[]>}
 */
export async function homeChecks(/** @type {string} */ root) {
  const home = process.env.ADMIRAL_HOME ? resolve(process.env.ADMIRAL_HOME) : join(root, '.admiral');
  const findings = [checkout(root), pythonEnvironment(root)];
  if (!existsSync(home)) findings.push(newHome(home));
  else findings.push(owner(home), modes(home), secretModes(home), freeSpace(home), running(home));
  findings.push(await frontDoorPort(home));
  return findings;
}

function checkout(/** @type {string} */ root) {
  const missing = ['node_modules/.admiral-lock-hash', 'build/cli.js'].filter((file) => !existsSync(join(root, file)));
  return missing.length === 0
    ? ok('checkout', 'set up')
    : warning('checkout', 'not set up yet', 'The next "npm start" does it; it needs access to the npm registry.');
}

function pythonEnvironment(/** @type {string} */ root) {
  const bin = join(root, '.tools', 'venv', 'bin');
  const missing = ['ansible-playbook', 'temporal', 'caddy'].filter((name) => !existsSync(join(bin, name)));
  return missing.length === 0
    ? ok('Ansible, Temporal, Caddy', 'there')
    : warning(
        'Ansible, Temporal, Caddy',
        `missing: ${missing.join(', ')}`,
        'The next "npm start" installs them; it needs access to the Python package index. If it does not, remove .tools/venv first.',
      );
}

function newHome(/** @type {string} */ home) {
  let folder = dirname(home);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    const stat = lstatSync(folder);
    const isOurs = process.getuid?.() === 0 || stat.uid === process.getuid?.() || (stat.mode & 0o002) !== 0;
    if (isOurs) return ok('data folder', `${home} (made at the first start)`);
  } catch {
    // Not even to be looked at.
  }
  return problem('data folder', `${home} cannot be made`, 'Set ADMIRAL_HOME to a folder that you may write.');
}

function owner(/** @type {string} */ home) {
  return lstatSync(home).uid === process.getuid?.()
    ? ok('data folder', home)
    : problem('data folder', `${home} belongs to another user`, 'Start as that user, or set ADMIRAL_HOME.');
}

function modes(/** @type {string} */ home) {
  const mode = lstatSync(home).mode & 0o777;
  return (mode & 0o077) === 0
    ? ok('data folder mode', `0${mode.toString(8)}`)
    : problem('data folder mode', `0${mode.toString(8)}: others may look in`, `chmod 700 ${home}`);
}

function secretModes(/** @type {string} */ home) {
  const folder = join(home, 'secrets');
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  if (existsSync(join(home, '.env'))) files.push(join(home, '.env'));
  const open = files.filter((file) => (lstatSync(file).mode & 0o077) !== 0);
  return open.length === 0
    ? ok('secret files', `${files.length}, each for its owner alone`)
    : problem('secret files', `open to others: ${open.join(', ')}`, `chmod 600 ${open.join(' ')}`);
}

function freeSpace(/** @type {string} */ home) {
  const { bavail, bsize } = statfsSync(home);
  const found = `${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB free`;
  return bavail * bsize >= FREE_DISK_BYTES
    ? ok('disk of the data folder', found)
    : problem('disk of the data folder', found, 'Free 1 GiB: Postgres stops when its disk is full.');
}

function running(/** @type {string} */ home) {
  const pid = starterPid(home);
  return pid === undefined
    ? ok('installation', 'stopped')
    : ok('installation', `running as process ${pid}; "admiral status" shows its parts`);
}

/** @returns {number | undefined} */
function starterPid(/** @type {string} */ home) {
  try {
    const { pid, startTime } = JSON.parse(readFileSync(join(home, 'run', 'starter.json'), 'utf8'));
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] === startTime ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function frontDoorPort(/** @type {string} */ home) {
  const text = process.env.ADMIRAL_HTTP_PORT || '3000';
  const host = process.env.ADMIRAL_LISTEN || '127.0.0.1';
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    return problem('port', `ADMIRAL_HTTP_PORT is "${text}"`, 'Set it to a port number from 1 to 65535.');
  }
  if (starterPid(home) !== undefined) return ok('port', `${port}, used by the running installation`);
  const error = await tryToListen(host, port);
  if (error === undefined) return ok('port', `${host}:${port} is free`);
  if (error === 'EADDRINUSE') {
    return problem('port', `${host}:${port} is in use`, 'Set ADMIRAL_HTTP_PORT to another one.');
  }
  if (error === 'EACCES') {
    return problem('port', `${host}:${port} needs root`, 'Set ADMIRAL_HTTP_PORT to a port of 1024 or more.');
  }
  return problem(
    'port',
    `${host}:${port} cannot be listened on (${error})`,
    'Set ADMIRAL_LISTEN to an address of this machine.',
  );
}

/** @returns {Promise<string | undefined>} */
function tryToListen(/** @type {string} */ host, /** @type {number} */ port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', (error) => {
      resolve(/** @type {NodeJS.ErrnoException} */ (error).code);
    });
    server.listen({ host, port }, () => {
      server.close(() => {
        resolve(undefined);
      });
    });
  });
}
