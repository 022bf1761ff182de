import { randomBytes, type JsonWebKey, type KeyObject } from 'node:crypto';

/** A private key in the forms that OpenSSH reads. */
export interface EncodedKey {
  type: string;
  /** `type base64`. */
  publicKey: string;
  /** The public key as it goes over the wire. */
  publicBlob: Buffer;
  /** `BEGIN OPENSSH PRIVATE KEY`, without a passphrase. */
  privateKey: string;
}

const CURVES: Record<string, string> = { 'P-256': 'nistp256', 'P-384': 'nistp384', 'P-521': 'nistp521' };

/**
 * Writes an Ed25519, RSA or NIST curve key in OpenSSH's own format (openssh/PROTOCOL.key): the one form that every version of `ssh-add`
 * takes. Undefined for other kinds of key.
 */
export function encodeOpensshKey(key: KeyObject): EncodedKey | undefined {
  const parts = partsOf(key.export({ format: 'jwk' }));
  if (!parts) return undefined;
  const { type, publicFields, privateFields } = parts;
  const publicBlob = Buffer.concat([text(type), ...publicFields]);
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, text(type), ...privateFields, text('')]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    text('none'),
    text('none'),
    text(''),
    uint32(1),
    bytes(publicBlob),
    bytes(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    type,
    publicKey: `${type} ${publicBlob.toString('base64')}`,
    publicBlob,
    privateKey: ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n'),
  };
}

function partsOf(jwk: JsonWebKey) {
  const raw = (name: keyof JsonWebKey) => Buffer.from(jwk[name] as string, 'base64url');
  const number = (name: keyof JsonWebKey) => mpint(raw(name));
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') {
    const point = bytes(raw('x'));
    return {
      type: 'ssh-ed25519',
      publicFields: [point],
      privateFields: [point, bytes(Buffer.concat([raw('d'), raw('x')]))],
    };
  }
  if (jwk.kty === 'RSA') {
    return {
      type: 'ssh-rsa',
      publicFields: [number('e'), number('n')],
      privateFields: [number('n'), number('e'), number('d'), number('qi'), number('p'), number('q')],
    };
  }
  const curve = CURVES[jwk.crv ?? ''];
  if (jwk.kty !== 'EC' || curve === undefined) return undefined;
  const fields = [text(curve), bytes(Buffer.concat([Buffer.from([4]), raw('x'), raw('y')]))];
  return { type: `ecdsa-sha2-${curve}`, publicFields: fields, privateFields: [...fields, number('d')] };
}

function uint32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}

const bytes = (value: Buffer) => Buffer.concat([uint32(value.length), value]);
const text = (value: string) => bytes(Buffer.from(value, 'utf8'));

/** A positive number: no leading zeros, but one where the first bit is set. */
function mpint(value: Buffer): Buffer {
  let start = 0;
  while (start < value.length - 1 && value[start] === 0) start += 1;
  const trimmed = value.subarray(start);
  return bytes((trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed);
}
