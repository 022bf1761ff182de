import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PATIENCE_MS = 15 * 60_000;

/**
 * Runs `work` while no other process of this machine runs work under the same lock folder. A lock whose holder is dead is taken over.
 * @template T
 * @param {string} folder
 * @param {(text: string) => void} say told once when it must wait
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withFolderLock(folder, say, work) {
  mkdirSync(dirname(folder), { recursive: true });
  const deadline = Date.now() + PATIENCE_MS;
  let told = false;
  while (!take(folder)) {
    if (!told) say('Another start of this checkout is setting up; waiting for it ...');
    told = true;
    if (Date.now() > deadline) throw new Error(`${folder} is held for too long: remove it if nothing is setting up.`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function take(/** @type {string} */ folder) {
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, 'holder'), `${process.pid} ${startTime(process.pid)}`);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  if (!isHeld(folder)) {
    const aside = `${folder}.${process.pid}.stale`;
    try {
      renameSync(folder, aside);
      rmSync(aside, { recursive: true, force: true });
    } catch {
      // Somebody else was faster.
    }
  }
  return false;
}

function isHeld(/** @type {string} */ folder) {
  let holder;
  try {
    holder = readFileSync(join(folder, 'holder'), 'utf8').split(' ');
  } catch {
    return true; // Being taken at this moment.
  }
  return startTime(Number(holder[0])) === holder[1];
}

function startTime(/** @type {number} */ pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
