import { hashToken } from '#common/crypto/tokens.ts';
import { Refusal } from '#ingest/intake/refusal.ts';
import type { KnownServer } from './find-server.ts';
import { DirectoryAwayError, type ServerDirectory } from './server-directory.ts';
import type { UnknownThrottle } from './unknown-throttle.ts';

export interface IdentifyDeps {
  directory: ServerDirectory;
  throttle: UnknownThrottle;
  acceptsReportsWithoutToken: boolean;
}

/** The server that reports, or a refusal: 401 for its token, 403 for an unknown id, 429 for too many of those, 503. */
export async function identify(
  deps: IdentifyDeps,
  serverId: string,
  authorization: string | undefined,
  address: string,
): Promise<KnownServer> {
  const server = await findOrRefuse(deps, serverId, address);
  if (authorization === undefined) {
    if (server.allowsReportsWithoutToken || deps.acceptsReportsWithoutToken) return server;
    throw new Refusal(401, 'token required');
  }
  const token = /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1];
  if (token === undefined) throw new Refusal(401, 'token invalid');
  const fingerprint = hashToken(token);
  if (server.fingerprints.includes(fingerprint)) return server;
  const again = await orRefuse(deps.directory.refresh(serverId));
  if (again?.fingerprints.includes(fingerprint)) return again;
  throw new Refusal(401, 'token invalid');
}

async function findOrRefuse(deps: IdentifyDeps, serverId: string, address: string): Promise<KnownServer> {
  const remembered = deps.directory.peek(serverId);
  if (remembered) return remembered;
  if (remembered === null) throw unknownServer();
  const waitSeconds = deps.throttle.waitSeconds(address);
  if (waitSeconds !== undefined) {
    throw new Refusal(429, 'too many unknown server ids from this address', waitSeconds);
  }
  const server = await orRefuse(deps.directory.find(serverId));
  if (server) return server;
  deps.throttle.countUnknown(address);
  throw unknownServer();
}

const unknownServer = () => new Refusal(403, 'unknown server_id');

async function orRefuse<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof DirectoryAwayError) throw new Refusal(503, error.message, 10);
    throw error;
  }
}
