import { describe, expect, it } from '@jest/globals';
import { caddyConfig, type FrontDoor } from './caddy-config.ts';
import { choosePorts, freePort } from './free-port.ts';
import { createServer } from 'node:net';

const DOOR: FrontDoor = {
  adminSocket: '/home/run/caddy.sock',
  storage: '/home/caddy',
  listen: '127.0.0.1',
  port: 3000,
  publicUrl: 'http://localhost:3000',
  tls: { kind: 'none' },
  proxySecret: 'proxy-secret',
  upstreams: { api: '127.0.0.1:1', ingest: '127.0.0.1:2', app: '127.0.0.1:3', temporalUi: '127.0.0.1:4' },
};

describe('the front door', () => {
  it('binds one address, and is administered through a closed socket', () => {
    const text = JSON.stringify(caddyConfig(DOOR));
    expect(text).toContain('"listen":["127.0.0.1:3000"]');
    expect(text).toContain('"listen":"unix//home/run/caddy.sock|0600"');
    expect(text).not.toContain('tls_connection_policies');
  });

  it('gives its secret to our parts alone, and our visitors’ cookies not to Temporal', () => {
    const text = JSON.stringify(caddyConfig(DOOR));
    const proxies = text.split('"handler":"reverse_proxy"').slice(1);
    expect(proxies).toHaveLength(5);
    const temporal = proxies.filter((proxy) => proxy.startsWith(',"upstreams":[{"dial":"127.0.0.1:4"}]'));
    expect(temporal).toHaveLength(1);
    expect(temporal[0]?.split('"load_balancing"')[0]).toContain(
      '"delete":["Cookie","Authorization","X-Admiral-Proxy"]',
    );
    expect(temporal[0]?.split('"load_balancing"')[0]).not.toContain('proxy-secret');
  });

  it('has a certificate for its public name beyond loopback', () => {
    const door: FrontDoor = {
      ...DOOR,
      listen: '::',
      publicUrl: 'https://[2001:db8::1]:3000',
      tls: { kind: 'internal' },
    };
    const text = JSON.stringify(caddyConfig(door));
    expect(text).toContain('"listen":["[::]:3000"]');
    expect(text).toContain('"automate":["2001:db8::1","localhost","127.0.0.1"]');
    expect(text).toContain('"install_trust":false');
    const files = caddyConfig({ ...door, tls: { kind: 'files', cert: '/c.pem', key: '/k.pem' } });
    expect(JSON.stringify(files)).toContain('"load_files":[{"certificate":"/c.pem","key":"/k.pem"}]');
  });
});

describe('ports', () => {
  it('are remembered, distinct, and another where one is taken', async () => {
    const first = await choosePorts(['a', 'b', 'c'], {});
    expect(new Set(Object.values(first)).size).toBe(3);
    expect(await choosePorts(['a', 'b', 'c'], first)).toEqual(first);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(first.b, '127.0.0.1', resolve));
    try {
      const second = await choosePorts(['a', 'b', 'c'], first, [first.c]);
      expect(second.a).toBe(first.a);
      expect(second.b).not.toBe(first.b);
      expect(second.c).not.toBe(first.c);
    } finally {
      server.close();
    }
    expect(await freePort()).toBeGreaterThan(1023);
  });
});
