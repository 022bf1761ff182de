import { isIP } from 'node:net';
import type { Tls } from '../settings/starter-settings.ts';

export interface FrontDoor {
  adminSocket: string;
  /** Where Caddy keeps its own authority and certificates. */
  storage: string;
  listen: string;
  port: number;
  publicUrl: string;
  tls: Tls;
  proxySecret: string;
  upstreams: { api: string; ingest: string; app: string; temporalUi: string };
}

type Json = Record<string, unknown>;

/** Longest wait for a part that is being restarted, before the front door answers 502 itself. */
const UPSTREAM_PATIENCE = '3s';

/** Caddy's JSON configuration: one site, bound to one address, in front of api, ingest, app and Temporal's UI. */
export function caddyConfig(door: FrontDoor): Json {
  const hosts = certificateNames(door);
  const server: Json = {
    listen: [`${isIP(door.listen) === 6 ? `[${door.listen}]` : door.listen}:${String(door.port)}`],
    automatic_https: { disable: true },
    protocols: ['h1', 'h2'],
    read_header_timeout: '10s',
    idle_timeout: '2m',
    max_header_bytes: 65_536,
    routes: routes(door),
    errors: { routes: errorRoutes() },
  };
  if (door.tls.kind !== 'none') server.tls_connection_policies = [{ fallback_sni: hosts[0], default_sni: hosts[0] }];
  return {
    admin: { listen: `unix/${door.adminSocket}|0600`, config: { persist: false } },
    logging: { logs: { default: { level: 'WARN', encoder: { format: 'json' } } } },
    storage: { module: 'file_system', root: door.storage },
    apps: {
      http: { servers: { door: server } },
      ...(door.tls.kind === 'internal' && {
        tls: {
          certificates: { automate: hosts },
          automation: { policies: [{ subjects: hosts, issuers: [{ module: 'internal' }] }] },
        },
        pki: { certificate_authorities: { local: { name: 'Node Pulse Admiral', install_trust: false } } },
      }),
      ...(door.tls.kind === 'files' && {
        tls: { certificates: { load_files: [{ certificate: door.tls.cert, key: door.tls.key }] } },
      }),
    },
  };
}

/** What the front door is made of is nobody's business. */
const WITHOUT_OUR_NAME: Json = {
  handle: [{ handler: 'headers', response: { deferred: true, delete: ['Server', 'Via'] } }],
};

function routes(door: FrontDoor): Json[] {
  const { api, ingest, app, temporalUi } = door.upstreams;
  const toOurs = (dial: string) => proxy(dial, { set: { 'X-Admiral-Proxy': [door.proxySecret] } });
  return [
    WITHOUT_OUR_NAME,
    {
      match: [{ path: ['/api', '/api/*', '/ws', '/ws/*', '/healthz', '/readyz'] }],
      terminal: true,
      handle: [toOurs(api)],
    },
    { match: [{ path: ['/ingest', '/ingest/*'] }], terminal: true, handle: [toOurs(ingest)] },
    {
      match: [{ path: ['/temporal', '/temporal/*'], not: [{ method: ['GET', 'HEAD'] }] }],
      terminal: true,
      handle: [{ handler: 'static_response', status_code: 405, headers: { Allow: ['GET, HEAD'] } }],
    },
    {
      match: [{ path: ['/temporal', '/temporal/*'] }],
      terminal: true,
      handle: [
        signedIn(api, door.proxySecret),
        // What opens our own doors stays with us.
        proxy(temporalUi, { delete: ['Cookie', 'Authorization', 'X-Admiral-Proxy'] }),
      ],
    },
    { handle: [toOurs(app)] },
  ];
}

/** Asks the api whether this browser may see Temporal's UI; any answer but a success is the browser's answer. */
function signedIn(api: string, proxySecret: string): Json {
  return {
    ...proxy(api, {
      set: {
        'X-Admiral-Proxy': [proxySecret],
        'X-Forwarded-Method': ['{http.request.method}'],
        'X-Forwarded-Uri': ['{http.request.uri}'],
      },
    }),
    rewrite: { method: 'GET', uri: '/api/auth/temporal-ui' },
    handle_response: [{ match: { status_code: [2] }, routes: [{ handle: [{ handler: 'vars' }] }] }],
  };
}

function proxy(dial: string, requestHeaders: Json): Json {
  return {
    handler: 'reverse_proxy',
    upstreams: [{ dial }],
    headers: { request: requestHeaders },
    // Sent again only when no connection came about, so nothing is done twice.
    load_balancing: { try_duration: UPSTREAM_PATIENCE, try_interval: '250ms' },
    flush_interval: -1,
  };
}

function errorRoutes(): Json[] {
  const detail = 'A part of Admiral is not running just now. It is being restarted; try again in a few seconds.';
  const problem = { type: 'about:blank', title: 'Bad Gateway', status: 502, code: 'part_unavailable', detail };
  return [
    WITHOUT_OUR_NAME,
    {
      match: [{ path: ['/api', '/api/*', '/ws', '/ws/*', '/healthz', '/readyz', '/ingest', '/ingest/*'] }],
      handle: [
        {
          handler: 'static_response',
          status_code: '{http.error.status_code}',
          headers: { 'Content-Type': ['application/problem+json'], 'Retry-After': ['5'] },
          body: JSON.stringify(problem),
        },
      ],
    },
    {
      handle: [
        {
          handler: 'static_response',
          status_code: '{http.error.status_code}',
          headers: { 'Content-Type': ['text/plain; charset=utf-8'], 'Retry-After': ['5'] },
          body: detail,
        },
      ],
    },
  ];
}

/** Names and addresses that a certificate of our own authority is made for; the public one first. */
function certificateNames(door: FrontDoor): string[] {
  const host = new URL(door.publicUrl).hostname.replace(/^\[|\]$/g, '');
  const listen = door.listen === '0.0.0.0' || door.listen === '::' ? [] : [door.listen];
  return [...new Set([host, ...listen, 'localhost', '127.0.0.1'])];
}
