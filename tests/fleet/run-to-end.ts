import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const KEPT_LINES = 30;

/**
 * Runs a program in mount and process namespaces of its own, so that nothing of it outlives this process and no mount stays.
 * `onLine` sees each line it prints. @throws Error with the last lines when it ends with another status than 0.
 */
export async function runToEnd(argv: readonly string[], onLine: (line: string) => void): Promise<void> {
  const own = ['--mount', '--pid', '--ipc', '--fork', '--kill-child=KILL', '--mount-proc', '--propagation', 'private'];
  const { PATH = '' } = process.env;
  const env: Record<string, string> = { PATH, LANG: 'C.UTF-8', HOME: '/root', DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...own, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: env as NodeJS.ProcessEnv,
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      onLine(line);
    });
  }
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with status ${String(status)}:\n${lines.join('\n')}`);
}
