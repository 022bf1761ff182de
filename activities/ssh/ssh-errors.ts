/** Why a host cannot be worked with, as a stable code and a sentence that says what to do. */
export class SshError extends Error {
  constructor(
    readonly code:
      | 'host_unreachable'
      | 'host_key_unknown'
      | 'host_key_changed'
      | 'authentication_failed'
      | 'ssh_timeout'
      | 'ssh_closed',
    message: string,
  ) {
    super(message);
    this.name = 'SshError';
  }
}

const REACHABILITY: Record<string, (where: string) => string> = {
  ENOTFOUND: (where) => `The name in ${where} does not resolve. Check its spelling, or use the address.`,
  EAI_AGAIN: (where) => `The name in ${where} could not be resolved now. Check the DNS of the control host.`,
  ECONNREFUSED: (where) =>
    `${where} refuses connections: no SSH server listens there. Check the port, and that sshd runs.`,
  EHOSTUNREACH: (where) => `There is no route to ${where}: the host is down, or another network is between.`,
  ENETUNREACH: (where) => `The network of ${where} cannot be reached from the control host.`,
  ETIMEDOUT: (where) => `${where} does not answer: it is down, or a firewall drops the connection.`,
  ECONNRESET: (where) => `${where} closed the connection at once: is it an SSH server, and may this address connect?`,
};

/** Turns what ssh2 or the socket reported into an SshError. `where` is `host:port`. */
export function explainSshFailure(error: unknown, where: string): SshError {
  if (error instanceof SshError) return error;
  const { code = '', level = '', message = '' } = error as { code?: string; level?: string; message?: string };
  const reach = REACHABILITY[code];
  if (reach) return new SshError('host_unreachable', reach(where));
  if (level === 'client-authentication') {
    return new SshError(
      'authentication_failed',
      `${where} does not accept this key for this user. Put the public key into the user's ~/.ssh/authorized_keys on the host.`,
    );
  }
  if (level === 'client-timeout' || /Timed out/i.test(message)) {
    return new SshError('ssh_timeout', `${where} accepts connections but does not answer as an SSH server in time.`);
  }
  return new SshError(
    'ssh_closed',
    `${where} closed the connection before it was ready. Look into the SSH server's log on the host.`,
  );
}
