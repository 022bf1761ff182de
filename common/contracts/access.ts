import { z } from 'zod';
import { PERMISSIONS, ROLES } from '#common/domain/permissions.ts';
import { Id, Instant, Line, ListQuery, page } from './basics.ts';

export const RoleName = z.enum(ROLES);
export const Email = z
  .email('must be an e-mail address')
  .max(254)
  .transform((value) => value.toLowerCase());
export const NewPassword = z
  .string()
  .min(12, 'must have at least 12 characters')
  .max(1024, 'must have at most 1024 characters');

export const LogIn = z.strictObject({ email: z.string().max(254), password: z.string().max(1024) });
/** First administrator, with the token of the set-up link. */
export const SetUp = z.strictObject({
  token: z.string().max(200),
  email: Email,
  name: Line(120),
  password: NewPassword,
});
/** A person sets the first password, with the token of an invitation link. */
export const AcceptInvite = z.strictObject({ token: z.string().max(200), password: NewPassword });

/** Who is asking, and what they may do. */
export const Me = z.object({
  kind: z.enum(['user', 'token']),
  id: Id,
  name: z.string(),
  email: z.string().nullable(),
  role: RoleName,
  permissions: z.array(z.enum(PERMISSIONS)),
});
export type Me = z.infer<typeof Me>;

export const CreateUser = z.strictObject({ email: Email, name: Line(120), role: RoleName });
export const UpdateUser = z.strictObject({ name: Line(120), role: RoleName, disabled: z.boolean() }).partial();
export const User = z.object({
  id: Id,
  email: z.string(),
  name: z.string(),
  role: RoleName,
  disabled: z.boolean(),
  /** No password yet: the invitation is open. */
  invited: z.boolean(),
  createdAt: Instant,
});
export type User = z.infer<typeof User>;
export const UserPage = page(User);
/** `inviteUrl` is shown once. */
export const CreatedUser = User.extend({ inviteUrl: z.string() });

export const CreateToken = z.strictObject({ name: Line(120), role: RoleName, expiresAt: Instant.nullish() });
export const Token = z.object({
  id: Id,
  name: z.string(),
  prefix: z.string(),
  role: RoleName,
  createdAt: Instant,
  expiresAt: Instant.nullable(),
  lastUsedAt: Instant.nullable(),
});
export type Token = z.infer<typeof Token>;
export const TokenPage = page(Token);
/** `token` is shown once. */
export const CreatedToken = Token.extend({ token: z.string() });

export const AuditEntry = z.object({
  id: Id,
  at: Instant,
  actorKind: z.string(),
  actorId: Id.nullable(),
  actorName: z.string(),
  action: z.string(),
  objectKind: z.string().nullable(),
  objectId: z.string().nullable(),
  objectName: z.string().nullable(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
export const AuditPage = page(AuditEntry);
export const AuditListQuery = ListQuery.extend({
  action: z.string().max(100).optional(),
  actorId: Id.optional(),
  objectKind: z.string().max(60).optional(),
  objectId: z.string().max(128).optional(),
  from: Instant.optional(),
  to: Instant.optional(),
});
