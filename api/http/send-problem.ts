import type { Response } from 'express';
import type { Problem } from '#common/contracts/basics.ts';
import type { RefusedError } from './refused-error.ts';

const TITLES: Record<number, string> = {
  400: 'The request is not valid',
  401: 'Not signed in',
  403: 'Not permitted',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'In conflict with the present state',
  413: 'Too large',
  415: 'Unsupported media type',
  429: 'Too many attempts',
  500: 'Internal error',
  502: 'A part behind the api failed',
  503: 'Not available for the moment',
  504: 'Took too long',
};

export function problemOf(error: RefusedError): Problem {
  return {
    type: `urn:admiral:problem:${error.code}`,
    title: TITLES[error.status] ?? 'Refused',
    status: error.status,
    code: error.code,
    detail: error.message,
    ...(error.errors && { errors: [...error.errors] }),
  };
}

export function sendProblem(response: Response, error: RefusedError): void {
  response
    .status(error.status)
    .set(error.headers)
    .type('application/problem+json')
    .send(JSON.stringify(problemOf(error)));
}
