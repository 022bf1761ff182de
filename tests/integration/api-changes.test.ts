import { generateKeyPairSync } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createSealer } from '#common/crypto/seal.ts';
import { deriveAgentToken, hashToken } from '#common/crypto/tokens.ts';
import { runCommand } from '#common/process/run-command.ts';
import { startTestApi, startTestParts, type CallOptions, type TestApi, type TestParts } from '#tests/support/api.ts';
import { makeTempFolder } from '#tests/support/temp-folder.ts';
import { until } from '#tests/support/until.ts';

let parts: TestParts;
let api: TestApi;
let token: string;
let folder: string;

beforeAll(async () => {
  parts = await startTestParts();
  api = await startTestApi(parts);
  token = await api.tokenFor('admin');
  folder = await makeTempFolder('keys');
}, 180_000);
afterAll(async () => {
  await api.stop();
  await parts.stop();
  await rm(folder, { recursive: true, force: true });
});

const post = (path: string, body: unknown, more: CallOptions = {}) => api.call('POST', path, { token, body, ...more });
const SERVER = { hostname: 'web-1', sshHost: '192.0.2.1', sshUsername: 'root' };
const asOwner = async (statement: string) => {
  const client = new pg.Client(api.database.owner);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

describe('SSH keys', () => {
  const secrets: string[] = [];
  const stored = async (id: string) => {
    const { sealedPrivateKey } = await api.db.sshKey.findUniqueOrThrow({ where: { id } });
    const place = { table: 'ssh_keys', column: 'private_key', row: id };
    return createSealer(api.masterKey).open(sealedPrivateKey, place);
  };
  /** What OpenSSH itself says of the stored private key. */
  const opensshOf = async (id: string) => {
    const file = join(folder, id);
    await writeFile(file, await stored(id), { mode: 0o600 });
    secrets.push(await readFile(file, 'utf8'));
    const [fingerprint, publicKey] = await Promise.all([
      runCommand('ssh-keygen', ['-l', '-f', file]),
      runCommand('ssh-keygen', ['-y', '-f', file]),
    ]);
    return {
      fingerprint: fingerprint.stdout.split(' ')[1],
      publicKey: publicKey.stdout.trim().split(' ').slice(0, 2).join(' '),
    };
  };

  it.each(['ed25519', 'rsa-4096'])('are generated as OpenSSH reads them: %s', async (generate) => {
    const { status, body } = await post('/api/ssh-keys', { name: generate, generate });
    expect(status).toBe(201);
    expect(await opensshOf(body.id as string)).toEqual({ fingerprint: body.fingerprint, publicKey: body.publicKey });
  });

  it.each([
    ['plain ed25519', ['-t', 'ed25519'], ''],
    ['ed25519 with a passphrase', ['-t', 'ed25519'], 'open sesame'],
    ['RSA with a passphrase', ['-t', 'rsa', '-b', '2048'], 'open sesame'],
    ['RSA as PEM with a passphrase', ['-t', 'rsa', '-b', '2048', '-m', 'PEM'], 'open sesame'],
    ['ECDSA as PKCS 8', ['-t', 'ecdsa', '-b', '384', '-m', 'PKCS8'], ''],
  ])('are imported: %s', async (name, args, passphrase) => {
    const file = join(folder, `import ${name}`);
    await runCommand('ssh-keygen', ['-q', ...args, '-N', passphrase, '-C', 'comment', '-f', file]);
    const privateKey = await readFile(file, 'utf8');
    secrets.push(privateKey);
    if (passphrase !== '') {
      const without = await post('/api/ssh-keys', { name, privateKey });
      expect([without.status, without.body.errors[0].path]).toEqual([400, 'passphrase']);
      const wrong = await post('/api/ssh-keys', { name, privateKey, passphrase: 'not it' });
      expect([wrong.status, wrong.body.code, wrong.body.errors[0].path]).toEqual([400, 'invalid_key', 'passphrase']);
    }
    const { status, body } = await post('/api/ssh-keys', {
      name,
      privateKey,
      ...(passphrase !== '' && { passphrase }),
    });
    expect([status, body.code]).toEqual([201, undefined]);
    const publicKey = (await readFile(`${file}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ');
    expect(body.publicKey).toBe(publicKey);
    expect(await opensshOf(body.id as string)).toEqual({ fingerprint: body.fingerprint, publicKey });
  });

  it('are refused when they are weak', async () => {
    const pem = {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    } as const;
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024, ...pem }).privateKey;
    const dsa = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256, ...pem }).privateKey;
    for (const [privateKey, word] of [
      [rsa, '1024 bits'],
      [dsa, 'DSA'],
    ] as const) {
      const answer = await post('/api/ssh-keys', { name: 'weak', privateKey });
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_key']);
      expect(answer.body.detail).toContain(word);
    }
    expect(await api.db.sshKey.count({ where: { name: 'weak' } })).toBe(0);
  });

  it('have one name each, and stay while a server uses them', async () => {
    const key = (await post('/api/ssh-keys', { name: 'used', generate: 'ed25519' })).body;
    expect((await post('/api/ssh-keys', { name: 'used', generate: 'ed25519' })).body.code).toBe('already_exists');
    const server = (await post('/api/servers', { ...SERVER, displayName: 'The shop', sshKeyId: key.id })).body;
    const refused = await api.call('DELETE', `/api/ssh-keys/${String(key.id)}`, { token });
    expect([refused.status, refused.body.code]).toEqual([409, 'in_use']);
    expect(refused.body.detail).toContain('The shop');
    await api.call('DELETE', `/api/servers/${String(server.id)}`, { token });
    expect((await api.call('DELETE', `/api/ssh-keys/${String(key.id)}`, { token })).status).toBe(204);
  });

  it('never leave the api: no answer holds a line of a private key, sealed or not', async () => {
    for (const path of ['/api/ssh-keys', '/api/audit?limit=200', '/api/servers', '/api/openapi.json']) {
      expect((await api.call('GET', path, { token })).status).toBe(200);
    }
    const lines = secrets.flatMap((secret) => secret.split('\n').filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line)));
    expect(lines.length).toBeGreaterThan(50);
    const publics = (await api.db.sshKey.findMany()).map((key) => key.publicKey).join('\n');
    const sealed = (await api.db.sshKey.findMany()).map((key) => key.sealedPrivateKey);
    const said = api.answers.join('\n');
    // A line of the file that holds only public numbers is no secret.
    const leaked = [...lines, ...sealed].filter((line) => said.includes(line) && !publics.includes(line));
    expect(leaked).toEqual([]);
    expect(said).not.toMatch(/PRIVATE KEY-----/);
  });
});

describe('a change and its audit entry', () => {
  it('are one: when the entry cannot be written, nothing is', async () => {
    await asOwner(`CREATE FUNCTION admiral.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'no audit today'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON admiral.deployment_audit_logs FOR EACH ROW EXECUTE FUNCTION admiral.refuse()`);
    const headers = { 'idempotency-key': 'audit-1' };
    try {
      const counts = () =>
        Promise.all([
          api.db.server.count(),
          api.db.serverAgentToken.count(),
          api.db.sshKey.count(),
          api.db.user.count(),
        ]);
      const before = await counts();
      const answers = [
        await post('/api/servers', SERVER, { headers }),
        await post('/api/ssh-keys', { name: 'unaudited', generate: 'ed25519' }),
        await post('/api/users', { email: 'unaudited@example.com', name: 'U', role: 'viewer' }),
      ];
      for (const answer of answers) {
        expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
        expect(answer.text).not.toContain('no audit today');
      }
      expect(await counts()).toEqual(before);
    } finally {
      await asOwner('DROP TRIGGER refuse ON admiral.deployment_audit_logs');
    }
    expect((await post('/api/servers', SERVER, { headers })).status).toBe(201);
  });

  it('are one: when something fails after the entry was written, the entry is gone too', async () => {
    await asOwner(`CREATE TRIGGER refuse BEFORE UPDATE ON admiral.idempotency_keys
      FOR EACH ROW EXECUTE FUNCTION admiral.refuse()`);
    try {
      const counts = () =>
        Promise.all([api.db.server.count(), api.db.auditEntry.count(), api.db.idempotencyKey.count()]);
      const before = await counts();
      const answer = await post('/api/servers', SERVER, { headers: { 'idempotency-key': 'audit-2' } });
      expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
      expect(await counts()).toEqual(before);
    } finally {
      await asOwner('DROP TRIGGER refuse ON admiral.idempotency_keys');
    }
  });

  it('name who did what to what, and cannot be changed afterwards', async () => {
    const created = (await post('/api/servers', { ...SERVER, tags: ['x'] })).body;
    const path = `/api/servers/${String(created.id)}`;
    await api.call('PATCH', path, { token, body: { tags: ['y'], sshPort: 2222 } });
    await api.call('DELETE', path, { token });
    const { body } = await api.call('GET', `/api/audit?objectId=${String(created.id)}`, { token });
    const shown = (body.items as { action: string; actorName: string; details: object }[]).map((entry) => [
      entry.action,
      entry.actorName,
    ]);
    expect(shown).toEqual([
      ['server.delete', 'admin token'],
      ['server.update', 'admin token'],
      ['server.create', 'admin token'],
    ]);
    expect(body.items[1].details.changed.sort()).toEqual(['sshPort', 'tags']);
    await expect(api.db.auditEntry.deleteMany()).rejects.toThrow(/permission denied/);
    await expect(api.db.auditEntry.updateMany({ data: { action: 'x' } })).rejects.toThrow(/permission denied/);
  });

  it('pages through the list without gaps and doubles', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await api.call('GET', `/api/audit?limit=3${query}`, { token });
      seen.push(...(body.items as { id: string }[]).map((item) => item.id));
      cursor = body.nextCursor as string | null;
    } while (cursor !== null);
    const all = await api.db.auditEntry.findMany({ orderBy: [{ at: 'desc' }, { id: 'desc' }], select: { id: true } });
    expect(seen).toEqual(all.map((row) => row.id));
  });
});

describe('Idempotency-Key', () => {
  const withKey = (key: string): CallOptions => ({ headers: { 'idempotency-key': key } });

  it('creates once and gives the same answer again, also when asked at the same time', async () => {
    const before = await api.db.server.count();
    const answers = await Promise.all([1, 2, 3, 4].map(() => post('/api/servers', SERVER, withKey('once'))));
    answers.push(await post('/api/servers', SERVER, withKey('once')));
    expect(new Set(answers.map((answer) => `${String(answer.status)} ${answer.text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(await api.db.server.count()).toBe(before + 1);
    const other = await post('/api/servers', { ...SERVER, hostname: 'web-2' }, withKey('once'));
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused']);
    const elsewhere = await post('/api/ssh-keys', { name: 'x', generate: 'ed25519' }, withKey('once'));
    expect([elsewhere.status, elsewhere.body.code]).toEqual([409, 'idempotency_key_reused']);
    const somebody = await api.tokenFor('operator');
    expect((await post('/api/servers', SERVER, { token: somebody, ...withKey('once') })).status).toBe(201);
    expect(await api.db.server.count()).toBe(before + 2);
  });

  it('does not keep refusals', async () => {
    expect((await post('/api/servers', { ...SERVER, hostname: '' }, withKey('refused'))).status).toBe(400);
    expect((await post('/api/servers', SERVER, withKey('refused'))).status).toBe(201);
  });

  it('does not keep secrets: a repetition is told that it was made', async () => {
    const made = await post('/api/tokens', { name: 'robot', role: 'viewer' }, withKey('secret'));
    expect(made.status).toBe(201);
    const again = await post('/api/tokens', { name: 'robot', role: 'viewer' }, withKey('secret'));
    expect([again.status, again.body.code]).toEqual([409, 'already_created']);
    expect(await api.db.apiToken.count({ where: { name: 'robot' } })).toBe(1);
    expect(JSON.stringify(await api.db.idempotencyKey.findMany())).not.toContain(made.body.token);
  });
});

describe('servers', () => {
  it('get an agent token with a fingerprint that ingest knows; a new one ends the old', async () => {
    const heard: string[] = [];
    const subscriber = api.valkey.duplicate();
    subscriber.on('message', (_channel, message: string) => heard.push(message));
    await subscriber.subscribe('admiral:servers:changed');
    const { id, serverId } = (await post('/api/servers', { ...SERVER, serverId: 'old-agent-7' })).body as Record<
      string,
      string
    >;
    expect(serverId).toBe('old-agent-7');
    const fingerprints = async () =>
      (await api.db.serverAgentToken.findMany({ where: { serverId: id!, revokedAt: null } })).map(
        (row) => row.fingerprint,
      );
    expect(await fingerprints()).toEqual([hashToken(deriveAgentToken(api.masterKey, id!, 1))]);
    const rotated = await post(`/api/servers/${id!}/agent-token`, undefined);
    expect([rotated.status, rotated.body.token]).toEqual([201, deriveAgentToken(api.masterKey, id!, 2)]);
    expect(await fingerprints()).toEqual([hashToken(rotated.body.token as string)]);
    expect((await post('/api/servers', { ...SERVER, serverId: 'old-agent-7' })).body.code).toBe('already_exists');
    await api.call('DELETE', `/api/servers/${id!}`, { token });
    await until('three announcements', () => heard.length === 3);
    expect(new Set(heard)).toEqual(new Set(['old-agent-7']));
    subscriber.disconnect();
  });

  it('forget their host key when their address changes, and take only the key that was seen', async () => {
    const { id } = (await post('/api/servers', SERVER)).body as { id: string };
    const accept = (fingerprint: string) => post(`/api/servers/${id}/accept-host-key`, { fingerprint });
    expect((await accept('SHA256:aaa')).body.code).toBe('host_key_mismatch');
    await api.db.server.update({
      where: { id },
      data: {
        seenHostKey: 'ssh-ed25519 AAAA',
        seenHostKeyFingerprint: 'SHA256:aaa',
        connectionState: 'host_key_unknown',
      },
    });
    expect((await accept('SHA256:bbb')).status).toBe(409);
    const accepted = await accept('SHA256:aaa');
    expect(accepted.body).toMatchObject({ hostKeyFingerprint: 'SHA256:aaa', seenHostKeyFingerprint: null });
    const renamed = await api.call('PATCH', `/api/servers/${id}`, { token, body: { displayName: 'New name' } });
    expect(renamed.body).toMatchObject({ hostKeyFingerprint: 'SHA256:aaa', displayName: 'New name' });
    const moved = await api.call('PATCH', `/api/servers/${id}`, { token, body: { sshHost: '192.0.2.2' } });
    expect(moved.body).toMatchObject({ hostKeyFingerprint: null, connectionState: 'untested' });
  });

  it('keep hostile names as the text that they are', async () => {
    const hostile = `{{ lookup('pipe','touch /tmp/CANARY') }}`;
    const body = {
      ...SERVER,
      displayName: hostile,
      hostname: hostile,
      tags: [hostile],
      metadata: { ansible_host: hostile },
    };
    const { id } = (await post('/api/servers', body)).body as { id: string };
    const shown = (await api.call('GET', `/api/servers/${id}`, { token })).body;
    expect(shown).toMatchObject({ displayName: hostile, tags: [hostile], metadata: { ansible_host: hostile } });
  });

  it('show charts, empty where there is nothing', async () => {
    const { id } = (await post('/api/servers', SERVER)).body as { id: string };
    const charts = (await api.call('GET', `/api/servers/${id}/metrics?range=6h`, { token })).body;
    expect(charts.series.cpuPercent).toHaveLength(charts.t.length as number);
    expect((await api.call('GET', `/api/servers/${id}/processes/top?by=memory`, { token })).body).toEqual({
      items: [],
    });
  });
});
