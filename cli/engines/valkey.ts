import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { CannotError } from '../settings/usage-error.ts';
import { findProgram } from './find-program.ts';
import { valkeyAcl, type ValkeyUser } from './valkey-acl.ts';

/** Valkey or Redis: from PATH, else the one in the project's virtual environment. Throws with the fix. */
export function valkeyProgram(venvBin: string): string {
  const own = join(venvBin, 'redis-server');
  const program = findProgram(['valkey-server', 'redis-server']) ?? (existsSync(own) ? own : undefined);
  if (program === undefined) {
    throw new CannotError('Neither valkey-server nor redis-server was found: remove .tools/venv and start again.');
  }
  return program;
}

/** Writes configuration and users (0600) into `folder`, and returns the file that the server is started with. */
export function writeValkeyConfig(folder: string, port: number, passwords: Record<ValkeyUser, string>): string {
  const aclFile = join(folder, 'users.acl');
  const configFile = join(folder, 'valkey.conf');
  const quoted = (path: string) => JSON.stringify(path);
  const lines = [
    'bind 127.0.0.1',
    `port ${String(port)}`,
    'protected-mode yes',
    `dir ${quoted(folder)}`,
    `aclfile ${quoted(aclFile)}`,
    'appendonly yes',
    // A killed process loses nothing; a machine that loses power loses at most the last second.
    'appendfsync everysec',
    'aof-load-truncated yes',
    'save ""',
    'maxmemory-policy noeviction',
    'daemonize no',
    'databases 1',
    'tcp-keepalive 60',
  ];
  for (const [file, text] of [
    [aclFile, valkeyAcl(passwords)],
    [configFile, `${lines.join('\n')}\n`],
  ] as const) {
    writeFileSync(file, text, { mode: 0o600 });
    chmodSync(file, 0o600);
  }
  return configFile;
}

/**
 * One round trip with the server as `starter`: resolves with its version when it has loaded its data and answers, rejects
 * otherwise. Speaks the protocol itself, as the starter needs no more than this.
 */
export function probeValkey(port: number, password: string, timeoutMs = 2000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeoutMs, () => {
      fail(new Error('Valkey does not answer'));
    });
    socket.on('error', fail);
    socket.on('connect', () => socket.write(`${command('AUTH', 'starter', password)}${command('INFO', 'server')}`));
    socket.on('data', (data: Buffer) => {
      answer += data.toString('utf8');
      if (/^-/m.test(answer)) fail(new Error(/^-(.*)$/m.exec(answer)?.[1] ?? 'refused'));
      const version = /^(?:valkey|redis)_version:(\S+)/m.exec(answer)?.[1];
      if (version !== undefined) {
        socket.destroy();
        resolve(version);
      }
    });
    socket.on('close', () => {
      reject(new Error('Valkey closed the connection'));
    });
  });
}

function command(...words: string[]): string {
  return `*${String(words.length)}\r\n${words.map((w) => `$${String(Buffer.byteLength(w))}\r\n${w}\r\n`).join('')}`;
}
