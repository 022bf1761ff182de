import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from './keys.ts';

/** What the api vouches for when it starts work that touches hosts. */
export interface DeploymentClaim {
  kind: 'deployment';
  deploymentId: string;
  actorKind: string;
  actorId: string | null;
  playbook: string;
  playbookHash: string;
  /** In the order of `deployment_servers.position`. */
  serverIds: readonly string[];
  /** As stored: JSON text of the variables with sorted keys. */
  variables: string;
}

/** A connection test of one server, until an instant (epoch ms). */
export interface ConnectionTestClaim {
  kind: 'connection-test';
  serverId: string;
  actorId: string | null;
  expiresAtMs: number;
}

/** A person confirms that interrupted hosts of a deployment may be run again, until an instant (epoch ms). */
export interface ConfirmationClaim {
  kind: 'confirmation';
  deploymentId: string;
  actorId: string | null;
  expiresAtMs: number;
}

/** The installation is filled with demo servers, as the row of the plan in `settings` says. */
export interface DemoClaim {
  kind: 'demo';
  planId: string;
  servers: number;
  days: number;
  originMs: number;
}

export type RunClaim = DeploymentClaim | ConnectionTestClaim | ConfirmationClaim | DemoClaim;

/** Somebody who does not hold the master key started this work, or what it is about was changed since. */
export class RunNotAuthorizedError extends Error {
  readonly code = 'run_not_authorized';
  constructor(why: string) {
    super(`This work was not authorized by the api: ${why}. Start it from the dashboard or the API.`);
    this.name = 'RunNotAuthorizedError';
  }
}

/** HMAC-SHA-256 over the claim, base64url. */
export function signRun(masterKey: Buffer, claim: RunClaim): string {
  return createHmac('sha256', deriveKey(masterKey, 'run-authorization'))
    .update(canonicalJson(claim))
    .digest('base64url');
}

/** Throws RunNotAuthorizedError unless `signature` is the api's over this claim and the claim has not expired. */
export function verifyRun(masterKey: Buffer, claim: RunClaim, signature: string, nowMs: number): void {
  const expected = Buffer.from(signRun(masterKey, claim));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new RunNotAuthorizedError('its signature does not fit what it would do');
  }
  if ('expiresAtMs' in claim && claim.expiresAtMs < nowMs)
    throw new RunNotAuthorizedError('its authorization has expired');
}

/** JSON with sorted keys at every depth: the same value always gives the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
