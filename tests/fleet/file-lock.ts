import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Waits for the exclusive lock on `file` and returns a function that gives it back. The kernel gives it back too when this process
 * ends in whatever way, so a lock never goes stale. `onWait` is called once when somebody else has it.
 */
export async function lockFile(file: string, onWait: () => void): Promise<() => Promise<void>> {
  const holder = spawn('flock', ['--exclusive', file, 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(holder, 'exit');
  const waiting = setTimeout(onWait, 1000);
  holder.stdin.write('locked\n');
  await Promise.race([
    once(holder.stdout, 'data'),
    ended.then(() => {
      throw new Error(`flock could not lock ${file}`);
    }),
  ]).finally(() => {
    clearTimeout(waiting);
  });
  return async () => {
    holder.stdin.end();
    await ended;
  };
}
