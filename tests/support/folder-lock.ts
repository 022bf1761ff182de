import { readFile, rm, writeFile } from 'node:fs/promises';
import { isAlive } from './temp-folder.ts';

/** Runs the work while this process holds the lock file; a lock of a process that is gone is taken over. */
export async function withFolderLock<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 180_000;
  while (!(await take(lockFile))) {
    if (Date.now() > deadline) throw new Error(`${lockFile} is held for too long: remove it when no test runs`);
    const holder = Number(await readFile(lockFile, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) await rm(lockFile, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function take(lockFile: string): Promise<boolean> {
  try {
    await writeFile(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
