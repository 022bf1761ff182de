import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '#common/logging/logger.ts';
import { Refusal } from './refusal.ts';
import { takeReport, type TakeReportDeps } from './take-report.ts';

export interface IntakeDeps extends TakeReportDeps {
  logger: Logger;
}

type Answer = { status: number; body: unknown; retryAfterSeconds?: number; allow?: string };
type Handler = (deps: IntakeDeps, request: IncomingMessage, query: URLSearchParams) => Promise<Answer>;

const ROUTES: Record<string, { methods: readonly string[]; handle: Handler }> = {
  '/ingest/metrics/prometheus': { methods: ['POST'], handle: report },
  '/ingest/metrics': { methods: ['POST'], handle: report },
  '/ingest/metrics/prometheus/health': { methods: ['GET', 'HEAD'], handle: health },
  '/ingest/healthz': {
    methods: ['GET', 'HEAD'],
    handle: () => Promise.resolve({ status: 200, body: { status: 'ok' } }),
  },
};

/** The HTTP door of the agents. The caller listens and closes. */
export function createIntakeServer(deps: IntakeDeps): Server {
  const server = createServer((request, response) => {
    void answer(deps, request).then((given) => {
      send(request, response, given);
    });
  });
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  // Longer than the front door keeps its connections, so that it never writes into one that closes.
  server.keepAliveTimeout = 180_000;
  return server;
}

async function answer(deps: IntakeDeps, request: IncomingMessage): Promise<Answer> {
  try {
    const url = new URL(request.url ?? '/', 'http://ingest');
    const route = Object.hasOwn(ROUTES, url.pathname) ? ROUTES[url.pathname] : undefined;
    if (!route) throw new Refusal(404, 'nothing is here: reports go to /ingest/metrics/prometheus');
    if (!route.methods.includes(request.method ?? '')) {
      const allow = route.methods.join(', ');
      return { status: 405, body: { error: `use ${allow}` }, allow };
    }
    return await route.handle(deps, request, url.searchParams);
  } catch (error) {
    if (error instanceof Refusal) {
      return { status: error.status, body: { error: error.message }, retryAfterSeconds: error.retryAfterSeconds };
    }
    if (error instanceof TypeError && error.message === 'Invalid URL') {
      return { status: 400, body: { error: 'the address is malformed' } };
    }
    deps.logger.error({ err: error }, 'a report could not be taken');
    return { status: 503, body: { error: 'reports cannot be taken now' }, retryAfterSeconds: 10 };
  }
}

async function report(deps: IntakeDeps, request: IncomingMessage, query: URLSearchParams): Promise<Answer> {
  return { status: 200, body: await takeReport(deps, request, query) };
}

/** `degraded` from half of the backlog on, and with 503 when the stream is away. */
async function health(deps: IntakeDeps): Promise<Answer> {
  const max = deps.stream.maxBacklog;
  try {
    const pending = await deps.stream.countPending();
    const status = pending * 2 < max ? 'healthy' : 'degraded';
    return { status: 200, body: { status, stream_pending: pending, max_backlog: max } };
  } catch {
    const body = { status: 'degraded', stream_pending: null, max_backlog: max, error: 'the stream is away' };
    return { status: 503, body, retryAfterSeconds: 10 };
  }
}

/** Rest of a refused body that is read away, so that the sender gets to see its answer. */
const MAX_DRAIN_BYTES = 64 * 1024 * 1024;
const MAX_DRAIN_MS = 10_000;

function send(request: IncomingMessage, response: ServerResponse, given: Answer): void {
  if (response.destroyed) return;
  const body = JSON.stringify(given.body);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.setHeader('Cache-Control', 'no-store');
  if (given.retryAfterSeconds !== undefined) response.setHeader('Retry-After', given.retryAfterSeconds);
  if (given.allow !== undefined) response.setHeader('Allow', given.allow);
  if (given.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  response.statusCode = given.status;
  response.end(request.method === 'HEAD' ? undefined : body);
  if (!request.complete) drain(request);
}

function drain(request: IncomingMessage): void {
  let left = MAX_DRAIN_BYTES;
  const timer = setTimeout(() => request.destroy(), MAX_DRAIN_MS);
  request.on('close', () => {
    clearTimeout(timer);
  });
  request.on('error', () => undefined);
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.resume();
}
