import { promisify } from 'node:util';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { RefusedError } from './refused-error.ts';

const parser: RequestHandler = express.json({ limit: '1mb', strict: false, type: 'application/json' });
const parse = promisify<Request, Response>(parser);

const hasBody = (request: Request) =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

/** The JSON body, at most 1 MiB after decompression; undefined where there is none. Throws RefusedError or the parser's own errors. */
export async function readBody(request: Request, response: Response): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  if (request.is('application/json') === false) {
    throw new RefusedError('unsupported_media_type', 'Send the body as JSON, with Content-Type: application/json.');
  }
  await parse(request, response);
  return request.body;
}
