import express, { type Request, type Response } from 'express';
import { RefusedError } from './refused-error.ts';

const parse = express.json({ limit: '1mb', strict: false, type: 'application/json' });

const hasBody = (request: Request) =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

/** The JSON body, at most 1 MiB after decompression; undefined where there is none. Throws RefusedError or the parser's own errors. */
export async function readBody(request: Request, response: Response): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  if (request.is('application/json') === false) {
    throw new RefusedError('unsupported_media_type', 'Send the body as JSON, with Content-Type: application/json.');
  }
  await new Promise<void>((resolve, reject) => {
    parse(request, response, (error?: unknown) => {
      if (error) reject(error as Error);
      else resolve();
    });
  });
  return request.body;
}
