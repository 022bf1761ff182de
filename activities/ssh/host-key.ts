import { createHash } from 'node:crypto';

/** A host key as OpenSSH writes it: `type base64`. */
export interface HostKey {
  type: string;
  /** `type base64`, what is pinned and what stands in known_hosts. */
  line: string;
  /** `SHA256:…` as ssh-keygen prints it. */
  fingerprint: string;
}

/** Reads the wire form that ssh2 gives to its host verifier: a length-prefixed type name, then the key. */
export function parseHostKey(wire: Buffer): HostKey {
  const length = wire.readUInt32BE(0);
  const type = wire.subarray(4, 4 + length).toString('ascii');
  return {
    type,
    line: `${type} ${wire.toString('base64')}`,
    fingerprint: `SHA256:${createHash('sha256').update(wire).digest('base64').replace(/=+$/, '')}`,
  };
}

/** Signature algorithms to offer, the pinned key's own type first: a host with several keys then shows the one we know. */
export function hostKeyAlgorithms(pinnedLine: string | null): string[] {
  const all = [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ];
  const type = pinnedLine?.split(' ')[0];
  const own = all.filter((name) => (type === 'ssh-rsa' ? name.startsWith('rsa-') : name === type));
  return [...own, ...all.filter((name) => !own.includes(name))];
}
