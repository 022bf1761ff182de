import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { Refusal } from './refusal.ts';

/** Largest report, unpacked. A report of one snapshot with 400 process groups has about 60 KB. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * The body as text, unpacked where it is gzip. Never holds more than `maxBytes` of it; refuses with 413 beyond, with 400 for
 * broken gzip or text that is not UTF-8, with 415 for another encoding.
 */
export async function readBody(request: IncomingMessage, maxBytes = MAX_BODY_BYTES): Promise<string> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (!['identity', 'gzip', 'x-gzip'].includes(encoding)) {
    throw new Refusal(415, 'Content-Encoding must be gzip or absent');
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const bytes = encoding === 'identity' ? await collect(request, maxBytes) : await unpack(request, maxBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal(400, 'the body is not UTF-8 text');
  }
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, `the report is larger than ${String(maxBytes)} bytes: send fewer snapshots at a time`);
}

/** Counts by hand instead of piping, so that the request stays open for the answer. */
function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
      else reject(tooLarge(maxBytes));
    });
    request.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    request.on('error', reject);
    request.on('close', () => {
      reject(new Refusal(400, 'the body ended early'));
    });
  });
}

async function unpack(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const packed = await collect(request, maxBytes);
  return new Promise((resolve, reject) => {
    const gunzip = createGunzip();
    const chunks: Buffer[] = [];
    let length = 0;
    gunzip.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      reject(tooLarge(maxBytes));
      gunzip.destroy();
    });
    gunzip.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    gunzip.on('error', () => {
      reject(new Refusal(400, 'Content-Encoding says gzip, but the body is not complete, valid gzip'));
    });
    gunzip.end(packed);
  });
}
