import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { clientAddress } from './client-address.ts';

const request = (headers: Record<string, string>) =>
  ({ headers, socket: { remoteAddress: '127.0.0.1' } }) as unknown as IncomingMessage;

describe('clientAddress', () => {
  it.each([
    ['nothing', {}, '127.0.0.1'],
    ['a header of anybody', { 'x-forwarded-for': '198.51.100.1' }, '127.0.0.1'],
    ['a wrong secret', { 'x-forwarded-for': '198.51.100.1', 'x-admiral-proxy': 'secres' }, '127.0.0.1'],
    ['the front door', { 'x-forwarded-for': '198.51.100.1', 'x-admiral-proxy': 'secret' }, '198.51.100.1'],
    [
      'an invented beginning',
      { 'x-forwarded-for': '1.1.1.1, 2001:db8::1', 'x-admiral-proxy': 'secret' },
      '2001:db8::1',
    ],
    ['no address', { 'x-forwarded-for': 'unknown', 'x-admiral-proxy': 'secret' }, '127.0.0.1'],
  ])('given %s', (_name, headers, address) => {
    expect(clientAddress(request(headers), 'secret')).toBe(address);
  });
});
