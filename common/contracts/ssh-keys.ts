import { z } from 'zod';
import { Id, Instant, Line, page } from './basics.ts';

/** Generates a key (`generate`) or takes one (`privateKey`, with `passphrase` where it is encrypted). */
export const CreateSshKey = z.union([
  z.strictObject({ name: Line(120), generate: z.enum(['ed25519', 'rsa-4096']) }),
  z.strictObject({
    name: Line(120),
    privateKey: z.string().min(1).max(32_768),
    passphrase: z.string().max(1024).optional(),
  }),
]);
export type CreateSshKey = z.infer<typeof CreateSshKey>;

/** A stored key. The private part never leaves the server. */
export const SshKey = z.object({
  id: Id,
  name: z.string(),
  type: z.string(),
  /** OpenSSH line for `authorized_keys`. */
  publicKey: z.string(),
  fingerprint: z.string(),
  serverCount: z.number().int(),
  createdAt: Instant,
});
export type SshKey = z.infer<typeof SshKey>;
export const SshKeyPage = page(SshKey);
