import { createHash, createHmac, randomBytes } from 'node:crypto';
import { deriveKey } from './keys.ts';

/** Prefixes that secret scanners can know. */
export const TOKEN_PREFIX = { api: 'npat_', session: 'npas_', link: 'npal_', agent: 'npa_' } as const;

/** A fresh random token of 32 bytes with the prefix of its kind. */
export function newToken(kind: 'api' | 'session' | 'link'): string {
  return TOKEN_PREFIX[kind] + randomBytes(32).toString('base64url');
}

/** SHA-256 of a token, hex: what the database keeps. Tokens have 256 random bits, so no salt and no slow hash is needed. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

/**
 * The agent token of a server: derived, so that every deployment installs the same one until its generation is raised.
 * @param serverRowId the server's UUID (`id`, not what the agent sends)
 */
export function deriveAgentToken(masterKey: Buffer, serverRowId: string, generation: number): string {
  const mac = createHmac('sha256', deriveKey(masterKey, 'agent-token')).update(
    `${serverRowId}\u0000${String(generation)}`,
  );
  return TOKEN_PREFIX.agent + mac.digest('base64url');
}
