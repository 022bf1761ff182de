import { readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';

export interface DoorAnswer<T> {
  status: number;
  body: T;
}

export interface DoorClient {
  /** One call as the holder of the token; throws when the answer is an error, unless `expect` names that status. */
  call: <T = Record<string, unknown>>(method: string, path: string, body?: unknown, expect?: number) => Promise<T>;
}

/** Calls an installation that serves HTTPS under a name which only hosts of a fleet know: connects to loopback, checks the certificate. */
export function doorClient(publicUrl: string, caFile: string, token: () => Promise<string>): DoorClient {
  const { hostname, port } = new URL(publicUrl);
  return {
    call: async <T>(method: string, path: string, body?: unknown, expect?: number) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const bearer = await token();
      const answer = await new Promise<DoorAnswer<T>>((resolve, reject) => {
        const request = httpsRequest(
          {
            host: '127.0.0.1',
            port,
            method,
            path,
            servername: hostname,
            ca: readFileSync(caFile),
            timeout: 90_000,
            headers: {
              Host: `${hostname}:${port}`,
              Authorization: `Bearer ${bearer}`,
              ...(text !== undefined && {
                'Content-Type': 'application/json',
                'Content-Length': Buffer.byteLength(text),
              }),
            },
          },
          (response) => {
            let out = '';
            response.setEncoding('utf8');
            response.on('data', (data: string) => (out += data));
            response.on('end', () => {
              resolve({ status: response.statusCode ?? 0, body: (out ? JSON.parse(out) : null) as T });
            });
          },
        );
        request.on('error', reject);
        request.on('timeout', () => request.destroy(new Error(`${method} ${path} took too long`)));
        request.end(text);
      });
      if (expect === undefined ? answer.status >= 400 : answer.status !== expect) {
        throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      return answer.body;
    },
  };
}
