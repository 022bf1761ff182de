import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApp } from '#api/create-app.ts';
import type { ApiDeps } from '#api/deps.ts';
import type { Route } from '#api/http/route.ts';
import { ROUTES } from '#api/routes.ts';
import { may, ROLES, type Role } from '#common/domain/permissions.ts';
import { startTestApi, startTestParts, type TestApi, type TestParts } from '#tests/support/api.ts';

let parts: TestParts;
let api: TestApi;
const tokens = {} as Record<Role, string>;

beforeAll(async () => {
  parts = await startTestParts();
  api = await startTestApi(parts);
  for (const role of ROLES) tokens[role] = await api.tokenFor(role);
}, 180_000);
afterAll(async () => {
  await api.stop();
  await parts.stop();
});

const address = (route: Route) => route.path.replace(':id', randomUUID());
const names = ROUTES.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const);
const guarded = names.filter(([, route]) => route.access !== 'public');

describe('the table of routes', () => {
  it('has no route twice, and every one names who may call it', () => {
    expect(new Set(names.map(([name]) => name)).size).toBe(names.length);
    for (const [, route] of names) expect(route.access).toMatch(/^(public|signedIn|[a-z]+\.[a-z]+)$/);
  });

  it('is not mounted with a handler that names no permission', () => {
    const route = { ...ROUTES[0], access: undefined } as unknown as Route;
    expect(() => createApp({} as ApiDeps, [route])).toThrow(/names no permission/);
  });

  it('lets nobody but sign-in, set-up and health through without a session or token', () => {
    expect(names.filter(([, route]) => route.access === 'public').map(([name]) => name)).toEqual([
      'GET /healthz',
      'GET /readyz',
      'POST /api/auth/login',
      'POST /api/auth/logout',
      'GET /api/auth/setup-state',
      'POST /api/auth/setup',
      'POST /api/auth/accept-invite',
      'GET /api/auth/temporal-ui',
      'GET /api/openapi.json',
    ]);
  });

  it.each(guarded)('%s refuses who is not signed in, and who sends a wrong token', async (_name, route) => {
    for (const token of [undefined, `npat_${'a'.repeat(43)}`]) {
      const answer = await api.call(route.method.toUpperCase(), address(route), token === undefined ? {} : { token });
      expect([answer.status, answer.body.code]).toEqual([401, 'not_signed_in']);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it.each(guarded)('%s lets each role do what its permissions say', async (_name, route) => {
    for (const role of ROLES) {
      const answer = await api.call(route.method.toUpperCase(), address(route), { token: tokens[role] });
      const isAllowed = route.access === 'signedIn' || (route.access !== 'public' && may(role, route.access));
      if (isAllowed) expect([200, 201, 202, 204, 400, 404, 409]).toContain(answer.status);
      else expect([role, answer.status, answer.body.code]).toEqual([role, 403, 'not_permitted']);
    }
  });

  it('answers other methods with 405 and the ones that are possible', async () => {
    const answer = await api.call('PUT', '/api/servers', { token: tokens.admin });
    expect([answer.status, answer.body.code, answer.headers.get('allow')]).toEqual([
      405,
      'method_not_allowed',
      'GET, POST, HEAD',
    ]);
  });

  it.each(['/api/nothing', '/api/servers/x/y/z', '/api/Servers', '/api/%zz', '/'])(
    'answers %s as a problem',
    async (path) => {
      const answer = await api.call('GET', path, { token: tokens.admin });
      expect([400, 404]).toContain(answer.status);
      expect(['not_found', 'invalid_request']).toContain(answer.body.code);
    },
  );

  it('describes every route', async () => {
    const { body } = await api.call('GET', '/api/openapi.json');
    const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.sort()).toEqual(
      ROUTES.map((route) => `${route.method} ${route.path.replace(':id', '{id}')}`).sort(),
    );
    const create = body.paths['/api/servers'].post;
    expect(create.requestBody.content['application/json'].schema.required).toEqual(
      expect.arrayContaining(['hostname', 'sshHost', 'sshUsername']),
    );
  });
});

describe('a token', () => {
  it('of a person may not do more than that person, and ends with them', async () => {
    const { id } = await api.createUser('maker@example.com', 'admin');
    const cookie = await api.signIn('maker@example.com');
    const made = await api.call('POST', '/api/tokens', { cookie, body: { name: 'robot', role: 'admin' } });
    expect(made.status).toBe(201);
    const token = made.body.token as string;
    expect((await api.call('GET', '/api/users', { token })).status).toBe(200);
    await api.db.user.update({ where: { id }, data: { role: 'viewer' } });
    expect((await api.call('GET', '/api/users', { token })).status).toBe(403);
    expect((await api.call('GET', '/api/servers', { token })).status).toBe(200);
    await api.db.user.update({ where: { id }, data: { disabledAt: new Date() } });
    expect((await api.call('GET', '/api/servers', { token })).status).toBe(401);
  });

  it('is refused when it is expired or revoked, even beside a good session', async () => {
    await api.createUser('beside@example.com', 'admin');
    const cookie = await api.signIn('beside@example.com');
    const { body } = await api.call('POST', '/api/tokens', {
      token: tokens.admin,
      body: { name: 't', role: 'viewer' },
    });
    const token = body.token as string;
    expect((await api.call('GET', '/api/auth/me', { token })).body.permissions).toContain('servers.view');
    const shown = await api.call('GET', '/api/tokens?search=t', { token: tokens.admin });
    expect(shown.text).not.toContain(token);
    expect(shown.body.items.map((item: { id: string }) => item.id)).toContain(body.id);
    expect((await api.call('DELETE', `/api/tokens/${String(body.id)}`, { token: tokens.admin })).status).toBe(204);
    expect((await api.call('GET', '/api/auth/me', { token, cookie })).status).toBe(401);
    expect((await api.call('DELETE', `/api/tokens/${String(body.id)}`, { token: tokens.admin })).status).toBe(404);
  });
});
