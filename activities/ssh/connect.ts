import ssh2, { type Client } from 'ssh2';
import { hostKeyAlgorithms, parseHostKey, type HostKey } from './host-key.ts';
import { explainSshFailure, SshError } from './ssh-errors.ts';

export interface SshTarget {
  host: string;
  port: number;
  username: string;
  /** OpenSSH or PEM text. */
  privateKey: string;
  /** `type base64`; null refuses every host, after its key was seen. */
  pinnedHostKey: string | null;
}

export interface ExecResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface SshConnection {
  /** Runs a constant command; what varies goes through `input`. Output is cut at 256 KiB each. */
  exec: (command: string, options?: { input?: string; timeoutMs?: number }) => Promise<ExecResult>;
  close: () => void;
}

/** What a connection attempt saw of the host's identity, also when it failed. */
export interface Seen {
  hostKey?: HostKey;
}

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_OUTPUT = 256 * 1024;

/**
 * The one way to open an SSH connection: it demands a pinned host key. Throws SshError: host_unreachable, host_key_unknown,
 * host_key_changed, authentication_failed, ssh_timeout, ssh_closed.
 */
export function connectSsh(target: SshTarget, seen: Seen = {}): Promise<SshConnection> {
  const where = `${target.host}:${String(target.port)}`;
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    let refused: SshError | undefined;
    const fail = (error: unknown) => {
      client.destroy();
      reject(refused ?? explainSshFailure(error, where));
    };
    client.once('ready', () => {
      resolve({
        exec: (command, options) => exec(client, command, options),
        close: () => {
          client.end();
        },
      });
    });
    client.on('error', fail);
    client.once('close', () => {
      fail(new SshError('ssh_closed', `${where} closed the connection.`));
    });
    client.connect({
      host: target.host,
      port: target.port,
      username: target.username,
      privateKey: target.privateKey,
      readyTimeout: CONNECT_TIMEOUT_MS,
      algorithms: { serverHostKey: hostKeyAlgorithms(target.pinnedHostKey) as never },
      hostVerifier: (wire: Buffer) => {
        seen.hostKey = parseHostKey(wire);
        refused = checkHostKey(seen.hostKey, target.pinnedHostKey, where);
        return refused === undefined;
      },
    });
  });
}

function checkHostKey(seen: HostKey, pinned: string | null, where: string): SshError | undefined {
  if (pinned === null) {
    return new SshError(
      'host_key_unknown',
      `${where} shows the host key ${seen.fingerprint}. Compare it with the host's own, then accept it.`,
    );
  }
  if (seen.line === pinned) return undefined;
  return new SshError(
    'host_key_changed',
    `${where} shows another host key (${seen.fingerprint}) than the accepted one. Somebody may be in between, or the host was set up anew; everything is blocked until the new key is accepted.`,
  );
}

function exec(
  client: Client,
  command: string,
  options: { input?: string; timeoutMs?: number } = {},
): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      client.destroy();
      reject(new SshError('ssh_timeout', 'The host took too long to answer a command.'));
    }, options.timeoutMs ?? 15_000);
    client.exec(command, (error, stream) => {
      if (error) {
        clearTimeout(timer);
        reject(new SshError('ssh_closed', 'The host refused to run a command.'));
        return;
      }
      const out = { stdout: '', stderr: '' };
      stream.on('data', (data: Buffer) => {
        if (out.stdout.length < MAX_OUTPUT) out.stdout += data.toString('utf8');
      });
      stream.stderr.on('data', (data: Buffer) => {
        if (out.stderr.length < MAX_OUTPUT) out.stderr += data.toString('utf8');
      });
      stream.on('close', (code: number | null) => {
        clearTimeout(timer);
        resolve({ code, ...out });
      });
      stream.end(options.input ?? '');
    });
  });
}
