import { existsSync } from 'node:fs';

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

/** The command, told by the kernel to end with `signal` when the process that started it is gone, however it went. */
export function endWithParent(command: readonly string[], signal: 'KILL' | 'QUIT' | 'TERM'): string[] {
  return SETPRIV === undefined ? [...command] : [SETPRIV, '--pdeathsig', signal, '--', ...command];
}
