import { hash, verify } from '@node-rs/argon2';

/** Argon2id with 19 MiB, two passes, one lane: OWASP's choice for interactive sign-in. */
const OPTIONS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** PHC string to store. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, OPTIONS);
}

let stand: Promise<string> | undefined;

/**
 * Whether the password fits. Without a stored hash (unknown person, open invitation) the same work is done against a stand-in, so that the
 * time of the answer tells nothing.
 */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  stand ??= hashPassword('stand-in');
  const fits = await verify(stored ?? (await stand), password);
  return fits && typeof stored === 'string';
}
