import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Settings that hold a secret. */
const SECRET_SETTINGS = ['ADMIRAL_MASTER_KEY', 'ADMIRAL_ADMIN_PASSWORD'];

/**
 * Reads the secrets from the environment and removes them: from what children inherit, and from the block of memory that
 * `/proc/PID/environ` shows for as long as this process lives.
 * @returns {Record<string, string>}
 */
export function takeSecrets() {
  /** @type {Record<string, string>} */
  const secrets = {};
  for (const name of SECRET_SETTINGS) {
    const value = process.env[name];
    if (value === undefined) continue;
    Reflect.deleteProperty(process.env, name);
    if (value !== '') secrets[name] = value;
  }
  if (Object.keys(secrets).length > 0) wipeInitialEnvironment(Object.keys(secrets));
  return secrets;
}

/** The kernel keeps showing the environment that a program was started with; only the process itself can overwrite it. */
function wipeInitialEnvironment(/** @type {string[]} */ names) {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // Fields are counted after the name in parentheses; env_start is the 50th of all.
    const start = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[47]);
    const block = readFileSync('/proc/self/environ');
    const memory = openSync('/proc/self/mem', 'r+');
    try {
      for (const name of names) {
        let at = block.indexOf(`${name}=`);
        while (at > 0 && block[at - 1] !== 0) at = block.indexOf(`${name}=`, at + 1);
        if (at < 0) continue;
        const from = at + name.length + 1;
        const end = block.indexOf(0, from);
        const length = (end < 0 ? block.length : end) - from;
        writeSync(memory, Buffer.alloc(length, 'x'), 0, length, start + from);
      }
    } finally {
      closeSync(memory);
    }
  } catch {
    process.stderr.write(
      'This kernel does not let a process clear its own environment: give secrets as files (ADMIRAL_MASTER_KEY_FILE) instead.\n',
    );
  }
}
