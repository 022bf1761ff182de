import { z } from 'zod';
import { Id, Instant, Line, ListQuery, page } from './basics.ts';

/** What the agent sends as its id: at most 128 letters, digits and inner hyphens; usually a UUID, not always. */
export const AgentServerId = z
  .string()
  .max(128)
  .regex(/^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/, 'must be letters, digits and inner hyphens, at most 128');

export const ENVIRONMENTS = ['production', 'staging', 'other'] as const;
export const Environment = z.enum(ENVIRONMENTS);
export type Environment = z.infer<typeof Environment>;

const SshHost = Line(253).regex(/^[^\s@/-][^\s@/]*$/, 'must be a host name or address, without user, port or blanks');
const SshUsername = Line(64).regex(/^[^\s:@/-][^\s:@/]*$/, 'must be a user name that does not begin with a hyphen');
const Tag = Line(64);
const Metadata = z
  .record(Line(64), z.json())
  .refine((value) => JSON.stringify(value).length <= 16_384, 'must be at most 16 KiB of JSON');

const serverFields = {
  hostname: Line(253),
  displayName: Line(120).nullable(),
  sshHost: SshHost,
  sshPort: z.number().int().min(1).max(65535),
  sshUsername: SshUsername,
  sshKeyId: Id.nullable(),
  environment: Environment,
  tags: z.array(Tag).max(50),
  metadata: Metadata,
  allowReportsWithoutToken: z.boolean(),
};

export const CreateServer = z.strictObject({
  ...serverFields,
  displayName: serverFields.displayName.optional(),
  sshPort: serverFields.sshPort.default(22),
  sshKeyId: serverFields.sshKeyId.optional(),
  serverId: AgentServerId.optional(),
  environment: serverFields.environment.default('other'),
  tags: serverFields.tags.default([]),
  metadata: serverFields.metadata.default({}),
  allowReportsWithoutToken: serverFields.allowReportsWithoutToken.default(false),
});
export type CreateServer = z.infer<typeof CreateServer>;

export const UpdateServer = z.strictObject(serverFields).partial();
export type UpdateServer = z.infer<typeof UpdateServer>;

export const CONNECTION_STATES = ['untested', 'ok', 'failed', 'host_key_unknown', 'host_key_changed'] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

/** One step of a connection test. `skipped`: an earlier step failed. */
export const ConnectionStep = z.object({
  step: z.enum(['reachable', 'hostKey', 'authentication', 'sudo', 'python', 'reachesAdmiral', 'facts']),
  state: z.enum(['ok', 'failed', 'skipped', 'warning']),
  /** A sentence: what was found, or what to do about the failure. */
  message: z.string(),
});
export type ConnectionStep = z.infer<typeof ConnectionStep>;

/** Result of a connection test; `seenHostKey` must be accepted by a person when `state` is host_key_unknown or host_key_changed. */
export const ConnectionReport = z.object({
  state: z.enum(CONNECTION_STATES),
  at: Instant,
  steps: z.array(ConnectionStep),
  seenHostKey: z.object({ type: z.string(), fingerprint: z.string() }).nullable(),
});
export type ConnectionReport = z.infer<typeof ConnectionReport>;

/** Facts of a host; every field may be missing. */
export const Facts = z.object({
  os: z.string().nullish(),
  osVersion: z.string().nullish(),
  kernel: z.string().nullish(),
  architecture: z.string().nullish(),
  cores: z.number().nullish(),
  memoryBytes: z.number().nullish(),
  hostname: z.string().nullish(),
  python: z.string().nullish(),
  addresses: z.array(z.string()).nullish(),
  agent: z.record(z.string(), z.unknown()).nullish(),
});
export type Facts = z.infer<typeof Facts>;

export const Server = z.object({
  id: Id,
  serverId: z.string(),
  ...serverFields,
  isDemo: z.boolean(),
  watchOnly: z.boolean(),
  /** Seen within 5 minutes. */
  isOnline: z.boolean(),
  lastSeenAt: Instant.nullable(),
  connectionState: z.enum(CONNECTION_STATES),
  connectionReport: ConnectionReport.nullable(),
  hostKeyFingerprint: z.string().nullable(),
  seenHostKeyFingerprint: z.string().nullable(),
  facts: Facts.nullable(),
  factsAt: Instant.nullable(),
  /** Newest values, for lists; null before the first report. */
  newest: z
    .object({
      at: Instant,
      cpuPercent: z.number().nullable(),
      memoryUsedPercent: z.number().nullable(),
      diskUsedPercent: z.number().nullable(),
      load1: z.number().nullable(),
    })
    .nullable(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type Server = z.infer<typeof Server>;

export const ServerPage = page(Server);
export const ServerListQuery = ListQuery.extend({
  environment: Environment.optional(),
  state: z.enum(['online', 'offline', 'never_seen']).optional(),
  connectionState: z.enum(CONNECTION_STATES).optional(),
});
export type ServerListQuery = z.infer<typeof ServerListQuery>;

export const AcceptHostKey = z.strictObject({ fingerprint: z.string().max(200) });
export const AgentToken = z.object({ token: z.string() });
