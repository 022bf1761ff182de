import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hashToken, newToken } from '#common/crypto/tokens.ts';
import { startTestApi, startTestParts, TEST_PASSWORD, type TestApi, type TestParts } from '#tests/support/api.ts';

const DAY_MS = 24 * 3600 * 1000;
let parts: TestParts;
let api: TestApi;
let admin: string;

beforeAll(async () => {
  parts = await startTestParts();
  api = await startTestApi(parts);
}, 180_000);
afterAll(async () => {
  await api.stop();
  await parts.stop();
});

const logIn = (email: string, password: string, headers: Record<string, string> = {}) =>
  api.call('POST', '/api/auth/login', { body: { email, password }, headers });
const me = (cookie: string) => api.call('GET', '/api/auth/me', { cookie });
const sessionOf = (cookie: string) => ({ tokenHash: hashToken(cookie.split('=')[1] ?? '') });
const linkOf = async (purpose: string, expiresAt = new Date(Date.now() + DAY_MS)) => {
  const token = newToken('link');
  await api.db.oneTimeLink.create({ data: { purpose, tokenHash: hashToken(token), expiresAt } });
  return token;
};

describe('set-up', () => {
  const person = { email: 'Admin@Example.com', name: 'Admin', password: TEST_PASSWORD };

  it('makes the first administrator once, with the token of the link', async () => {
    expect((await api.call('GET', '/api/auth/setup-state')).body).toEqual({ needsSetup: true });
    const late = await linkOf('setup', new Date(Date.now() - 1000));
    for (const token of ['wrong', late, await linkOf('invite')]) {
      const answer = await api.call('POST', '/api/auth/setup', { body: { ...person, token } });
      expect([answer.status, answer.body.code]).toEqual([403, 'link_invalid']);
    }
    const [one, two] = [await linkOf('setup'), await linkOf('setup')];
    const answers = await Promise.all(
      [one, one, two].map((token) => api.call('POST', '/api/auth/setup', { body: { ...person, token } })),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(await api.db.user.count()).toBe(1);
    const made = answers.find((answer) => answer.status === 201);
    expect(made?.body).toMatchObject({ email: 'admin@example.com', role: 'admin' });
    admin = made?.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await me(admin)).status).toBe(200);
    expect((await api.call('GET', '/api/auth/setup-state')).body).toEqual({ needsSetup: false });
    const again = await api.call('POST', '/api/auth/setup', { body: { ...person, token: await linkOf('setup') } });
    expect([again.status, again.body.code]).toEqual([409, 'already_set_up']);
  });
});

describe('signing in', () => {
  it('sets a cookie that scripts cannot read, and keeps only its hash', async () => {
    const answer = await logIn('ADMIN@example.com', TEST_PASSWORD);
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^admiral_session=npas_[\w-]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    const token = /npas_[\w-]+/.exec(cookie)?.[0] ?? '';
    const rows = await api.db.session.findMany();
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(answer.text).not.toContain(token);
  });

  it('answers a wrong password and an unknown person alike', async () => {
    const answers = [await logIn('admin@example.com', 'wrong'), await logIn('nobody@example.com', 'wrong')];
    expect(answers.map((answer) => [answer.status, answer.body])).toEqual([
      [401, answers[0]?.body],
      [401, answers[0]?.body],
    ]);
    const failures = await api.db.auditEntry.findMany({ where: { action: 'auth.log_in_failed' } });
    expect(failures).toHaveLength(2);
    expect(JSON.stringify(failures)).not.toContain('nobody@example.com');
  });

  it('stops guessing: per account and address, whatever address is claimed without the proxy secret', async () => {
    await api.createUser('guessed@example.com', 'viewer');
    const codes: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      const headers = { 'x-forwarded-for': `198.51.100.${String(i)}`, 'x-admiral-proxy': 'wrong' };
      codes.push((await logIn('guessed@example.com', 'wrong', headers)).status);
    }
    expect(codes).toEqual([...Array<number>(10).fill(401), 429, 429]);
    const right = await logIn('guessed@example.com', TEST_PASSWORD);
    expect([right.status, right.body.code]).toEqual([429, 'too_many_attempts']);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(60);
    const elsewhere = { 'x-forwarded-for': '203.0.113.1, 198.51.100.77', 'x-admiral-proxy': api.proxySecret };
    expect((await logIn('guessed@example.com', TEST_PASSWORD, elsewhere)).status).toBe(200);
    const [entry] = await api.db.auditEntry.findMany({
      where: { action: 'auth.log_in' },
      orderBy: { at: 'desc' },
      take: 1,
    });
    expect(entry?.ip).toBe('198.51.100.77');
  });

  it('refuses another site: no cookie is set for its forms', async () => {
    const answer = await api.call('POST', '/api/auth/login', {
      body: { email: 'admin@example.com', password: TEST_PASSWORD },
      origin: 'http://127.0.0.1:3999',
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'wrong_origin']);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });
});

describe('a session', () => {
  it('changes things only from our own origin', async () => {
    const body = { hostname: 'h', sshHost: '192.0.2.1', sshUsername: 'root' };
    for (const origin of [null, 'null', 'http://127.0.0.1:3999', 'https://localhost:3999', 'http://localhost']) {
      const answer = await api.call('POST', '/api/servers', { cookie: admin, origin, body });
      expect([origin, answer.status, answer.body.code]).toEqual([origin, 403, 'wrong_origin']);
    }
    expect(await api.db.server.count()).toBe(0);
    expect((await api.call('POST', '/api/servers', { cookie: admin, body })).status).toBe(201);
    expect((await api.call('GET', '/api/servers', { cookie: admin, origin: null })).status).toBe(200);
  });

  it('ends after 30 days, and after 7 days without use', async () => {
    await api.createUser('old@example.com', 'viewer');
    const absolute = await api.signIn('old@example.com');
    await api.db.session.update({ where: sessionOf(absolute), data: { expiresAt: new Date(Date.now() - 1000) } });
    expect((await me(absolute)).status).toBe(401);
    const idle = await api.signIn('old@example.com');
    const found = await api.db.session.findUniqueOrThrow({ where: sessionOf(idle) });
    expect(Math.round((found.expiresAt.getTime() - Date.now()) / DAY_MS)).toBe(30);
    await api.db.session.update({ where: sessionOf(idle), data: { lastSeenAt: new Date(Date.now() - 6.9 * DAY_MS) } });
    expect((await me(idle)).status).toBe(200);
    await api.db.session.update({ where: sessionOf(idle), data: { lastSeenAt: new Date(Date.now() - 7.1 * DAY_MS) } });
    expect((await me(idle)).status).toBe(401);
  });

  it('ends with signing out, here or everywhere, and when the person is disabled', async () => {
    const { id } = await api.createUser('leaver@example.com', 'operator');
    const [one, two, three] = [
      await api.signIn('leaver@example.com'),
      await api.signIn('leaver@example.com'),
      await api.signIn('leaver@example.com'),
    ];
    expect((await api.call('POST', '/api/auth/logout', { cookie: one })).status).toBe(204);
    expect([(await me(one)).status, (await me(two)).status]).toEqual([401, 200]);
    const out = await api.call('POST', '/api/auth/logout-everywhere', { cookie: two });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, expect.stringContaining('admiral_session=;')]);
    expect((await me(three)).status).toBe(401);
    const four = await api.signIn('leaver@example.com');
    const path = `/api/users/${id}`;
    expect((await api.call('PATCH', path, { cookie: admin, body: { disabled: true } })).body.disabled).toBe(true);
    expect((await me(four)).status).toBe(401);
    expect((await logIn('leaver@example.com', TEST_PASSWORD)).status).toBe(401);
    await api.call('PATCH', path, { cookie: admin, body: { disabled: false } });
    expect((await me(four)).status).toBe(401);
    expect((await logIn('leaver@example.com', TEST_PASSWORD)).status).toBe(200);
  });
});

describe('people', () => {
  it('are invited with a link that works once', async () => {
    const body = { email: 'new@example.com', name: 'New', role: 'operator' };
    const created = await api.call('POST', '/api/users', { cookie: admin, body });
    expect([created.status, created.body.invited]).toEqual([201, true]);
    const first = new URL(created.body.inviteUrl as string).searchParams.get('token');
    const again = await api.call('POST', `/api/users/${String(created.body.id)}/invite`, { cookie: admin });
    const second = new URL(again.body.inviteUrl as string).searchParams.get('token');
    const accept = (token: string | null, password: string) =>
      api.call('POST', '/api/auth/accept-invite', { body: { token, password } });
    expect((await accept(first, TEST_PASSWORD)).body.code).toBe('link_invalid');
    expect((await accept(second, 'short')).body.errors).toEqual([
      { path: 'password', message: 'must have at least 12 characters' },
    ]);
    const accepted = await accept(second, TEST_PASSWORD);
    expect(accepted.body).toMatchObject({ email: 'new@example.com', role: 'operator' });
    expect((await accept(second, TEST_PASSWORD)).body.code).toBe('link_invalid');
    expect((await logIn('new@example.com', TEST_PASSWORD)).status).toBe(200);
  });

  it('cannot lock themselves or the last administrator out', async () => {
    const own = (await me(admin)).body.id as string;
    const mine = await api.call('PATCH', `/api/users/${own}`, { cookie: admin, body: { disabled: true } });
    expect([mine.status, mine.body.code]).toEqual([409, 'own_account']);
    const token = await api.tokenFor('admin');
    const last = await api.call('PATCH', `/api/users/${own}`, { token, body: { role: 'viewer' } });
    expect([last.status, last.body.code]).toEqual([409, 'last_admin']);
  });
});

describe("the front door's question about Temporal's page", () => {
  it('lets the right roles read, and nobody write', async () => {
    const ask = (cookie: string | undefined, method: string) =>
      api.call('GET', '/api/auth/temporal-ui', {
        ...(cookie !== undefined && { cookie }),
        headers: { 'x-forwarded-method': method },
      });
    await api.createUser('viewer@example.com', 'viewer');
    const viewer = await api.signIn('viewer@example.com');
    expect((await ask(admin, 'GET')).status).toBe(204);
    expect((await ask(admin, 'HEAD')).status).toBe(204);
    expect((await ask(admin, 'POST')).status).toBe(403);
    expect((await ask(viewer, 'GET')).status).toBe(403);
    expect((await ask(undefined, 'GET')).status).toBe(401);
  });
});
