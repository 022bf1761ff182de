import { hkdfSync } from 'node:crypto';

/** What a key derived from the master key is for. Each purpose has its own key. */
export type KeyPurpose = 'seal' | 'run-authorization' | 'agent-token' | 'request-hash';

/** The master key is 32 bytes, written as 64 hex digits or as base64. Throws MasterKeyError otherwise. */
export function parseMasterKey(text: string): Buffer {
  const trimmed = text.trim();
  const key = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64');
  if (key.length !== 32) throw new MasterKeyError();
  return key;
}

export class MasterKeyError extends Error {
  readonly code = 'master_key_invalid';
  constructor() {
    super(
      'The master key must be 32 bytes: 64 hex digits or 44 characters of base64 (openssl rand -hex 32 makes one).',
    );
    this.name = 'MasterKeyError';
  }
}

/** 32 bytes for one purpose, by HKDF-SHA-256. */
export function deriveKey(masterKey: Buffer, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `admiral/${purpose}/v1`, 32));
}
