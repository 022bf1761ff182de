import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveKey } from './keys.ts';

/** The place a sealed value belongs to. A value moved to another place does not open. */
export interface Place {
  table: string;
  column: string;
  row: string;
}

export class SealError extends Error {
  readonly code = 'seal_broken';
  constructor() {
    super('A sealed value does not open: the master key is another one, or the value was changed or moved.');
    this.name = 'SealError';
  }
}

export interface Sealer {
  seal: (plain: string, place: Place) => string;
  /** Throws SealError. */
  open: (sealed: string, place: Place) => string;
}

const VERSION = 'v1';

/**
 * Seals text with AES-256-GCM. The form is `KEYVERSION.base64url(nonce 12 | tag 16 | cipher text)`; key version, table, column and row
 * are authenticated with it.
 */
export function createSealer(masterKey: Buffer): Sealer {
  const key = deriveKey(masterKey, 'seal');
  const bind = (place: Place) => Buffer.from([VERSION, place.table, place.column, place.row].join('\u0000'), 'utf8');
  return {
    seal(plain, place) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bind(place));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')}`;
    },
    open(sealed, place) {
      const [version, body] = sealed.split('.');
      const bytes = Buffer.from(body ?? '', 'base64url');
      if (version !== VERSION || bytes.length < 28) throw new SealError();
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(bind(place));
        decipher.setAuthTag(bytes.subarray(12, 28));
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
      } catch {
        throw new SealError();
      }
    },
  };
}
