import type { IncomingMessage } from 'node:http';
import { identify, type IdentifyDeps } from '#ingest/identity/identify.ts';
import type { ReportStream } from '#ingest/stream/report-stream.ts';
import { checkReport } from './check-report.ts';
import { clientAddress } from './client-address.ts';
import { readBody } from './read-body.ts';
import { Refusal } from './refusal.ts';

export interface TakeReportDeps extends IdentifyDeps {
  stream: ReportStream;
  proxySecret: string;
  maxBodyBytes?: number;
}

export interface Taken {
  status: 'queued';
  server_id: string;
  message_id: string;
}

const SERVER_ID = /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/;

/** Takes one report into the stream. Whoever it is, it is told before its body is read. Throws Refusal. */
export async function takeReport(
  deps: TakeReportDeps,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Taken> {
  const serverId = requireServerId(query);
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new Refusal(415, 'Content-Type must be application/json');
  const address = clientAddress(request, deps.proxySecret);
  const server = await identify(deps, serverId, request.headers.authorization, address);
  await deps.stream.requireRoom();
  const payload = await readBody(request, deps.maxBodyBytes);
  checkReport(payload);
  const messageId = await deps.stream.add({ server: server.id, serverId, payload });
  return { status: 'queued', server_id: serverId, message_id: messageId };
}

function requireServerId(query: URLSearchParams): string {
  const given = query.getAll('server_id');
  const [serverId] = given;
  if (serverId === undefined || serverId === '') throw new Refusal(400, 'server_id is missing: add ?server_id=ID');
  if (given.length > 1) throw new Refusal(400, 'server_id must be given once');
  if (serverId.length > 128 || !SERVER_ID.test(serverId)) {
    throw new Refusal(400, 'server_id must have at most 128 letters, digits and inner hyphens');
  }
  return serverId;
}
