import ssh2 from 'ssh2';

import type { ExecResult, Fleet } from './fleet.ts';

const TIMEOUT_MS = 30_000;

export interface SshResult extends ExecResult {
  /** The host key shown, base64. */
  hostKey: string;
}

/** Runs a command line on a host over SSH, as Admiral itself would reach it: through the loopback port, with the fleet's key. */
export function sshExec(fleet: Fleet, host: string, username: string, commandLine: string): Promise<SshResult> {
  const { sshHost, sshPort } = fleet.host(host);
  const client = new ssh2.Client();
  const result: SshResult = { stdout: '', stderr: '', code: -1, hostKey: '' };
  return new Promise<SshResult>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`${commandLine} took longer than ${String(TIMEOUT_MS)} ms on ${host}.`));
    }, TIMEOUT_MS);
    client.on('error', reject);
    client.on('close', () => {
      clearTimeout(timer);
      reject(new Error(`${host} closed the connection.`));
    });
    client.on('ready', () => {
      client.exec(commandLine, (error, stream) => {
        if (error) {
          reject(error);
          return;
        }
        stream.on('data', (data: Buffer) => (result.stdout += data.toString()));
        stream.stderr.on('data', (data: Buffer) => (result.stderr += data.toString()));
        stream.on('exit', (code: number | null) => (result.code = code ?? -1));
        stream.on('close', () => {
          resolve(result);
        });
      });
    });
    const hostVerifier = (key: Buffer) => {
      result.hostKey = key.toString('base64');
      return true;
    };
    client.connect({ host: sshHost, port: sshPort, username, privateKey: fleet.privateKey, hostVerifier });
  }).finally(() => {
    client.end();
  });
}
