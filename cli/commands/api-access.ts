import { randomUUID } from 'node:crypto';
import { hashToken, newToken } from '#common/crypto/tokens.ts';
import type { Role } from '#common/domain/permissions.ts';
import { writeAudit } from '../installation/audit-entry.ts';
import { CannotError } from '../settings/usage-error.ts';
import type { CommandContext } from './command-context.ts';
import { inTransaction } from './database.ts';
import { requireRunning } from './running.ts';

const LIFE_MINUTES = 5;
const RENEW_MS = 4 * 60_000;
const TIMEOUT_MS = 30_000;
const PREFIX_LENGTH = 10;

export type CallApi = <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<T>;

/**
 * Runs `work` with access to the API of the running installation: a token of five minutes in the name of the command, renewed while the
 * work goes on and revoked after it. Refusals are thrown as CannotError with the API's sentence.
 */
export async function withApi<T>(
  context: CommandContext,
  access: { name: string; role: Role },
  work: (call: CallApi) => Promise<T>,
): Promise<T> {
  const { parts } = await requireRunning(context).call('GET', '/status');
  const port = parts.find((part) => part.name === 'api')?.ports.http;
  if (port === undefined) throw new CannotError('The api is not running: "admiral status" shows why.');
  let current: { id: string; token: string; madeMs: number } | undefined;
  const revoke = async () => {
    if (current) await revokeToken(context, current.id, access.name);
    current = undefined;
  };
  const call: CallApi = async <R>(method: string, path: string, body?: unknown) => {
    if (current && Date.now() - current.madeMs > RENEW_MS) await revoke();
    current ??= await makeToken(context, access);
    return callApi<R>(`http://127.0.0.1:${String(port)}${path}`, method, current.token, body);
  };
  try {
    return await work(call);
  } finally {
    await revoke();
  }
}

async function callApi<T>(url: string, method: string, token: string, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : 'no answer';
    throw new CannotError(`The api does not answer (${why}): "admiral status" shows its state.`);
  });
  const text = await response.text();
  const answer = (text === '' ? undefined : JSON.parse(text)) as T;
  if (response.ok) return answer;
  const { detail } = answer as { detail?: string };
  throw new CannotError(detail ?? `The api refused this with status ${String(response.status)}.`);
}

async function makeToken(context: CommandContext, { name, role }: { name: string; role: Role }) {
  const [id, token] = [randomUUID(), newToken('api')];
  await inTransaction(context, async (client) => {
    await client.query(
      `INSERT INTO admiral.api_tokens (id, name, token_hash, prefix, role, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(mins => $6))`,
      [id, name, hashToken(token), token.slice(0, PREFIX_LENGTH), role, LIFE_MINUTES],
    );
    await writeAudit(client, {
      action: 'token.create',
      objectKind: 'token',
      objectId: id,
      objectName: name,
      details: { role, minutes: LIFE_MINUTES },
    });
  });
  return { id, token, madeMs: Date.now() };
}

async function revokeToken(context: CommandContext, id: string, name: string): Promise<void> {
  await inTransaction(context, async (client) => {
    await client.query('UPDATE admiral.api_tokens SET revoked_at = now() WHERE id = $1', [id]);
    await writeAudit(client, { action: 'token.revoke', objectKind: 'token', objectId: id, objectName: name });
  });
}
