import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface ProcessRow {
  timestamp: string;
  name: string;
  num_procs: number;
  cpu_seconds_total: number | null;
  memory_bytes: number | null;
}
export type NodeRow = { timestamp: string } & Record<string, number | string | null>;

/** A report as the wire contract has it. */
export interface Report {
  node_exporter?: NodeRow[];
  process_exporter?: ProcessRow[];
  agent?: Record<string, unknown>;
}
/** A request as it arrived, with the body unpacked. */
export interface Received {
  at: number;
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  report: Report;
  /** What was answered. */
  status: number;
}
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Sends no answer at all. */
  hang?: boolean;
}
export interface Receiver {
  port: number;
  origin: string;
  requests: Received[];
  /** Scrape times of the snapshots that were accepted, in the order of arrival. */
  acceptedTimes(): string[];
  accepted(): Received[];
  /** How the next requests are answered; 200 until it is set. */
  answer: (report: Report, count: number) => Answer;
  close(): Promise<void>;
}

/** A stand-in for the ingest service on loopback: real HTTP or HTTPS, records every report. */
export async function startReceiver(
  options: { tls?: { key: string; cert: string }; port?: number } = {},
): Promise<Receiver> {
  const requests: Received[] = [];
  const sockets = new Set<Socket>();
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      const report = JSON.parse(text.toString() || '{}') as Report;
      const answer = receiver.answer(report, requests.length + 1);
      requests.push({
        at: Date.now(),
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        report,
        status: answer.status,
      });
      if (answer.hang) return;
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(JSON.stringify(answer.body ?? {}));
    });
  };
  const server: Server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    port,
    origin: `${options.tls ? 'https' : 'http'}://localhost:${String(port)}`,
    requests,
    accepted: () => requests.filter((one) => one.status === 200),
    acceptedTimes: () =>
      receiver.accepted().flatMap((one) => (one.report.node_exporter ?? []).map((row) => row.timestamp)),
    answer: () => ({ status: 200, body: { status: 'queued' } }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
  return receiver;
}

/** Something on loopback that answers every GET with `text`, as an exporter does. */
export async function startExporter(text: string | (() => string)): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(typeof text === 'string' ? text : text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
