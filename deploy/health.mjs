// Health of a container without a port of its own: ends with status 0 where the given address answers 2xx, or where the
// process 1 of this container is what was started (`--process`).
import { readFileSync } from 'node:fs';

const [target = ''] = process.argv.slice(2);
if (target === '--process') {
  process.exit(readFileSync('/proc/1/cmdline', 'utf8').startsWith('node') ? 0 : 1);
}
try {
  const answer = await fetch(target, { signal: AbortSignal.timeout(4000) });
  process.exit(answer.ok ? 0 : 1);
} catch {
  process.exit(1);
}
