import { describe, expect, it } from '@jest/globals';
import { readStarterSettings } from './starter-settings.ts';

const read = (env: Record<string, string>, secrets = {}) => readStarterSettings('/checkout', env, secrets);

describe('the settings of a start', () => {
  it('need nothing', () => {
    expect(read({})).toEqual({
      home: '/checkout/.admiral',
      httpPort: 3000,
      listen: '127.0.0.1',
      tls: { kind: 'none' },
      publicUrl: 'http://localhost:3000',
      caFile: undefined,
      masterKey: undefined,
      admin: undefined,
      passedOn: {},
    });
  });

  it('serve HTTPS under an authority of their own on any address but loopback', () => {
    expect(read({ ADMIRAL_LISTEN: '192.0.2.1', ADMIRAL_HTTP_PORT: '8443' })).toMatchObject({
      tls: { kind: 'internal' },
      publicUrl: 'https://192.0.2.1:8443',
    });
    expect(read({ ADMIRAL_LISTEN: '2001:db8::1' })).toMatchObject({ publicUrl: 'https://[2001:db8::1]:3000' });
    expect(read({ ADMIRAL_LISTEN: '::1' })).toMatchObject({ tls: { kind: 'none' } });
  });

  it('make one origin of the public address', () => {
    const url = (given: string) => read({ ADMIRAL_PUBLIC_URL: given }).publicUrl;
    expect(url('https://Admiral.Example.com/')).toBe('https://admiral.example.com');
    for (const wrong of [
      'https://example.com/x',
      'https://a@example.com',
      'ftp://example.com',
      'example.com',
      'https://x?y',
    ]) {
      expect(() => url(wrong)).toThrow(/must be an origin/);
    }
  });

  it('take secrets from the starter and let empty settings be none', () => {
    const settings = read(
      { ADMIRAL_HTTP_PORT: '', ADMIRAL_ADMIN_EMAIL: 'Admin@example.com' },
      {
        ADMIRAL_ADMIN_PASSWORD: 'long enough it is',
        ADMIRAL_MASTER_KEY: ' ab \n',
      },
    );
    expect(settings).toMatchObject({
      httpPort: 3000,
      masterKey: 'ab',
      admin: { email: 'admin@example.com', password: 'long enough it is' },
    });
  });

  it('pass on what parts may know, checked', () => {
    const env = { ADMIRAL_LOG_LEVEL: 'debug', SERVER_ID_CACHE_TTL: '60', PGPASSWORD: 'x', NODE_ENV: 'test' };
    expect(read(env).passedOn).toEqual({ ADMIRAL_LOG_LEVEL: 'debug', SERVER_ID_CACHE_TTL: '60', NODE_ENV: 'test' });
    expect(() => read({ SERVER_ID_CACHE_TTL: '0' })).toThrow(/SERVER_ID_CACHE_TTL/);
  });
});
