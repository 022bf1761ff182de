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
    moveAway(folder);
  }
}

function take(/** @type {string} */ folder) {
  // The lock appears whole, with its holder's name in it: a folder that is not empty is never replaced by a rename.
  const mine = `${folder}.${process.pid}.new`;
  mkdirSync(mine, { recursive: true });
  writeFileSync(join(mine, 'holder'), `${process.pid} ${startTime(process.pid)}`);
  try {
    renameSync(mine, folder);
    return true;
  } catch (error) {
    rmSync(mine, { recursive: true, force: true });
    if (!['ENOTEMPTY', 'EEXIST'].includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? '')) throw error;
  }
  if (!isHeld(folder)) moveAway(folder);
  return false;
}

/** Moved before it is removed, so that it never stands there half. One that is held after all is put back. */
function moveAway(/** @type {string} */ folder) {
  const aside = `${folder}.${process.pid}.old`;
  try {
    renameSync(folder, aside);
  } catch {
    return; // Somebody else was faster.
  }
  const holder = readFileSync(join(aside, 'holder'), 'utf8').split(' ');
  if (Number(holder[0]) !== process.pid && startTime(Number(holder[0])) === holder[1]) {
    try {
      renameSync(aside, folder);
      return;
    } catch {
      // A third has it by now.
    }
  }
  rmSync(aside, { recursive: true, force: true });
}

function isHeld(/** @type {string} */ folder) {
  let holder;
  try {
    holder = readFileSync(join(folder, 'holder'), 'utf8').split(' ');
  } catch {
    return true; // Being given back at this moment.
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
