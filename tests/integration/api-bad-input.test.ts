import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi, startTestParts, type CallOptions, type TestApi, type TestParts } from '#tests/support/api.ts';

let parts: TestParts;
let api: TestApi;
let token: string;

beforeAll(async () => {
  parts = await startTestParts();
  api = await startTestApi({ ...parts, testLocalTargets: false });
  token = await api.tokenFor('admin');
}, 180_000);
afterAll(async () => {
  await api.stop();
  await parts.stop();
});

const SERVER = { hostname: 'web-1', sshHost: '192.0.2.1', sshUsername: 'root' };
const server = (change: object): CallOptions => ({ body: { ...SERVER, ...change } });
const raw = (value: string | Uint8Array, headers?: Record<string, string>): CallOptions => ({
  raw: value,
  ...(headers && { headers }),
});
const gone = randomUUID();
const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;

type Case = [
  name: string,
  method: string,
  path: string,
  options: CallOptions,
  status: number,
  code: string,
  path?: string,
];

const CASES: Case[] = [
  ['broken JSON', 'POST', '/api/servers', raw('{"hostname":'), 400, 'invalid_json'],
  ['10 MB', 'POST', '/api/servers', raw(JSON.stringify({ hostname: 'x'.repeat(10_000_000) })), 413, 'too_large'],
  [
    'a bomb',
    'POST',
    '/api/servers',
    raw(gzipSync(' '.repeat(20_000_000)), { 'content-encoding': 'gzip' }),
    413,
    'too_large',
  ],
  ['broken gzip', 'POST', '/api/servers', raw('no gzip', { 'content-encoding': 'gzip' }), 400, 'invalid_request'],
  [
    'an unknown encoding',
    'POST',
    '/api/servers',
    raw('{}', { 'content-encoding': 'zstd-x' }),
    415,
    'unsupported_media_type',
  ],
  [
    'a form',
    'POST',
    '/api/servers',
    raw('a=1', { 'content-type': 'application/x-www-form-urlencoded' }),
    415,
    'unsupported_media_type',
  ],
  ['text', 'POST', '/api/servers', raw('{}', { 'content-type': 'text/plain' }), 415, 'unsupported_media_type'],
  [
    'another character set',
    'POST',
    '/api/servers',
    raw('{}', { 'content-type': 'application/json; charset=x-user' }),
    415,
    'unsupported_media_type',
  ],
  ['no body', 'POST', '/api/servers', {}, 400, 'invalid_request', 'body'],
  ['a list', 'POST', '/api/servers', raw('[]'), 400, 'invalid_request', 'body'],
  ['null', 'POST', '/api/servers', raw('null'), 400, 'invalid_request', 'body'],
  ['nesting without end', 'POST', '/api/servers', raw(`{"metadata":${deep}}`), 400, 'invalid_request'],
  ['an unknown field', 'POST', '/api/servers', server({ isDemo: true }), 400, 'invalid_request', 'isDemo'],
  [
    'a field of the database',
    'POST',
    '/api/servers',
    server({ watchOnly: false }),
    400,
    'invalid_request',
    'watchOnly',
  ],
  [
    '__proto__',
    'POST',
    '/api/servers',
    raw('{"hostname":"a","sshHost":"a","sshUsername":"a","__proto__":{"x":1}}'),
    400,
    'invalid_request',
  ],
  ['a wrong type', 'POST', '/api/servers', server({ sshPort: '22' }), 400, 'invalid_request', 'sshPort'],
  ['a port that is none', 'POST', '/api/servers', server({ sshPort: 65_536 }), 400, 'invalid_request', 'sshPort'],
  ['an empty name', 'POST', '/api/servers', server({ hostname: '  ' }), 400, 'invalid_request', 'hostname'],
  ['a line break', 'POST', '/api/servers', server({ hostname: 'a\nb' }), 400, 'invalid_request', 'hostname'],
  ['NUL', 'POST', '/api/servers', server({ metadata: { a: 'x\u0000y' } }), 400, 'invalid_request', 'metadata.a'],
  [
    'half a character',
    'POST',
    '/api/servers',
    server({ metadata: { a: '\ud800' } }),
    400,
    'invalid_request',
    'metadata.a',
  ],
  [
    'an option as a host',
    'POST',
    '/api/servers',
    server({ sshHost: '-oProxyCommand=x' }),
    400,
    'invalid_request',
    'sshHost',
  ],
  ['a user in the host', 'POST', '/api/servers', server({ sshHost: 'a@b' }), 400, 'invalid_request', 'sshHost'],
  ['an option as a user', 'POST', '/api/servers', server({ sshUsername: '-l' }), 400, 'invalid_request', 'sshUsername'],
  ['the control host', 'POST', '/api/servers', server({ sshHost: 'local' }), 400, 'invalid_request', 'sshHost'],
  [
    'the control host in capitals',
    'POST',
    '/api/servers',
    server({ sshHost: 'LOCAL' }),
    400,
    'invalid_request',
    'sshHost',
  ],
  ['a key that does not exist', 'POST', '/api/servers', server({ sshKeyId: gone }), 400, 'invalid_request', 'sshKeyId'],
  ['an id that is no id', 'POST', '/api/servers', server({ serverId: '../x' }), 400, 'invalid_request', 'serverId'],
  ['an id that is no UUID', 'GET', '/api/servers/1', {}, 400, 'invalid_request', 'id'],
  ['a server that is gone', 'GET', `/api/servers/${gone}`, {}, 404, 'not_found'],
  ['changing one that is gone', 'PATCH', `/api/servers/${gone}`, { body: {} }, 404, 'not_found'],
  ['deleting one that is gone', 'DELETE', `/api/servers/${gone}`, {}, 404, 'not_found'],
  ['testing one that is gone', 'POST', `/api/servers/${gone}/test-connection`, {}, 404, 'not_found'],
  [
    'a body where none belongs',
    'POST',
    `/api/servers/${gone}/test-connection`,
    { body: { a: 1 } },
    400,
    'invalid_request',
    'a',
  ],
  ['metrics of one that is gone', 'GET', `/api/servers/${gone}/metrics`, {}, 404, 'not_found'],
  ['a range that is none', 'GET', `/api/servers/${gone}/metrics?range=1y`, {}, 400, 'invalid_request', 'range'],
  ['an unknown filter', 'GET', '/api/servers?color=red', {}, 400, 'invalid_request', 'color'],
  ['a filter twice', 'GET', '/api/servers?search=a&search=b', {}, 400, 'invalid_request', 'search'],
  ['NUL in a search', 'GET', '/api/servers?search=%00', {}, 400, 'invalid_request', 'search'],
  ['a page that is too large', 'GET', '/api/servers?limit=1000000', {}, 400, 'invalid_request', 'limit'],
  ['a broken cursor', 'GET', '/api/servers?cursor=abc', {}, 400, 'invalid_cursor'],
  [
    'a cursor of SQL',
    'GET',
    `/api/audit?cursor=${Buffer.from('["2020-01-01T00:00:00Z","x\' OR 1=1"]').toString('base64url')}`,
    {},
    400,
    'invalid_cursor',
  ],
  [
    'a public key',
    'POST',
    '/api/ssh-keys',
    { body: { name: 'k', privateKey: 'ssh-ed25519 AAAAC3Nz x' } },
    400,
    'invalid_key',
    'privateKey',
  ],
  [
    'no key at all',
    'POST',
    '/api/ssh-keys',
    { body: { name: 'k', privateKey: 'hello' } },
    400,
    'invalid_key',
    'privateKey',
  ],
  [
    'both kinds of key',
    'POST',
    '/api/ssh-keys',
    { body: { name: 'k', privateKey: 'x', generate: 'ed25519' } },
    400,
    'invalid_request',
  ],
  [
    'a playbook that does not exist',
    'POST',
    '/api/deployments',
    { body: { name: 'd', playbook: '../../etc/passwd', serverIds: [gone] } },
    400,
    'unknown_playbook',
    'playbook',
  ],
  [
    'a test playbook',
    'POST',
    '/api/deployments',
    { body: { name: 'd', playbook: 'test/slow', serverIds: [gone] } },
    400,
    'unknown_playbook',
    'playbook',
  ],
  [
    'servers that are gone',
    'POST',
    '/api/deployments',
    { body: { name: 'd', playbook: 'nodepulse/deploy-agent', serverIds: [gone] } },
    400,
    'unknown_servers',
    'serverIds',
  ],
  [
    'no servers',
    'POST',
    '/api/deployments',
    { body: { name: 'd', playbook: 'nodepulse/deploy-agent', serverIds: [] } },
    400,
    'invalid_request',
    'serverIds',
  ],
  [
    'a variable that is not declared',
    'POST',
    '/api/deployments',
    { body: { name: 'd', playbook: 'nodepulse/deploy-agent', serverIds: [gone], variables: { nope: 1 } } },
    400,
    'invalid_variables',
    'variables.nope',
  ],
  [
    'a variable as a list',
    'POST',
    '/api/deployments',
    { body: { name: 'd', playbook: 'nodepulse/deploy-agent', serverIds: [gone], variables: { nope: [] } } },
    400,
    'invalid_request',
    'variables.nope',
  ],
  ['a deployment that is gone', 'POST', `/api/deployments/${gone}/cancel`, {}, 404, 'not_found'],
  ['output of one that is gone', 'GET', `/api/deployments/${gone}/output`, {}, 404, 'not_found'],
  ['a negative sequence', 'GET', `/api/deployments/${gone}/events?after=-1`, {}, 400, 'invalid_request', 'after'],
  [
    'a role that does not exist',
    'POST',
    '/api/tokens',
    { body: { name: 't', role: 'root' } },
    400,
    'invalid_request',
    'role',
  ],
  [
    'a token of yesterday',
    'POST',
    '/api/tokens',
    { body: { name: 't', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' } },
    400,
    'invalid_request',
    'expiresAt',
  ],
  [
    'no e-mail address',
    'POST',
    '/api/users',
    { body: { email: 'x', name: 'x', role: 'viewer' } },
    400,
    'invalid_request',
    'email',
  ],
  [
    'an Idempotency-Key with blanks',
    'POST',
    '/api/servers',
    { body: SERVER, headers: { 'idempotency-key': 'a b' } },
    400,
    'invalid_request',
  ],
];

const ANSIBLE_NAMES = [
  'common_args',
  'connection',
  'ssh_common_args',
  'ssh_extra_args',
  'ssh_executable',
  'become_exe',
  'become_flags',
  'python_interpreter',
  'host',
  'user',
  'ssh_private_key_file',
  'shell_executable',
];
for (const name of ANSIBLE_NAMES) {
  const body = {
    name: 'd',
    playbook: 'nodepulse/deploy-agent',
    serverIds: [gone],
    variables: { [`ansible_${name}`]: 'x' },
  };
  CASES.push([
    `ansible_${name}`,
    'POST',
    '/api/deployments',
    { body },
    400,
    'invalid_variables',
    `variables.ansible_${name}`,
  ]);
}

async function everything() {
  const { db } = api;
  const rows = [db.server, db.sshKey, db.deployment, db.user, db.auditEntry, db.idempotencyKey] as {
    count: () => Promise<number>;
  }[];
  return Promise.all(rows.map((table) => table.count()));
}

describe('bad input', () => {
  it.each(CASES)('%s: %s %s is refused and changes nothing', async (...row) => {
    const [, method, path, options, status, code, field] = row;
    const before = await everything();
    const answer = await api.call(method, path, { token, ...options });
    expect([answer.status, answer.body?.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.detail).toMatch(/\S.*[.!]$/s);
    expect(answer.text).not.toMatch(/prisma|postgres|node_modules|at \w+ \(/i);
    if (field !== undefined) {
      expect((answer.body.errors as { path: string }[]).map((error) => error.path)).toContain(field);
    }
    expect(await everything()).toEqual(before);
  });

  it('does not look for wildcards in a search', async () => {
    for (const hostname of ['100%', 'a_b', 'axb', 'back\\slash']) {
      await api.call('POST', '/api/servers', { token, body: { ...SERVER, hostname } });
    }
    const search = async (text: string) => {
      const { body } = await api.call('GET', `/api/servers?search=${encodeURIComponent(text)}`, { token });
      return (body.items as { hostname: string }[]).map((item) => item.hostname);
    };
    expect(await search('%')).toEqual(['100%']);
    expect(await search('a_b')).toEqual(['a_b']);
    expect(await search('k\\s')).toEqual(['back\\slash']);
    expect(await search("' OR 1=1 --")).toEqual([]);
  });
});
