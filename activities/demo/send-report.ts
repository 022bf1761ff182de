import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { gzipSync } from 'node:zlib';

const TIMEOUT_MS = 10_000;
const USER_AGENT = 'nodepulse-demo/1.0';

export interface ReportSender {
  /** Status of the answer. Rejects when there is none. */
  send: (serverId: string, token: string, report: unknown) => Promise<number>;
  close: () => void;
}

/** Sends reports as an agent does: to the front door's ingest, gzip, with the server's token. */
export function createReportSender(publicUrl: string, caFile: string | undefined): ReportSender {
  const endpoint = new URL('/ingest/metrics/prometheus', publicUrl);
  const isTls = endpoint.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: 8 };
  const agent = isTls
    ? new HttpsAgent({ ...options, ...(caFile && { ca: readFileSync(caFile) }) })
    : new HttpAgent(options);
  return {
    send: (serverId, token, report) =>
      new Promise((resolve, reject) => {
        const url = new URL(endpoint);
        url.searchParams.set('server_id', serverId);
        const body = gzipSync(JSON.stringify(report));
        const call = (isTls ? requestHttps : requestHttp)(url, {
          method: 'POST',
          agent,
          timeout: TIMEOUT_MS,
          headers: {
            'Content-Type': 'application/json',
            'Content-Encoding': 'gzip',
            'Content-Length': body.length,
            'User-Agent': USER_AGENT,
            Authorization: `Bearer ${token}`,
          },
        });
        call.on('response', (response) => {
          response.resume();
          response.on('end', () => {
            resolve(response.statusCode ?? 0);
          });
          response.on('error', reject);
        });
        call.on('timeout', () => call.destroy(new Error(`no answer within ${String(TIMEOUT_MS / 1000)} s`)));
        call.on('error', reject);
        call.end(body);
      }),
    close: () => {
      agent.destroy();
    },
  };
}
