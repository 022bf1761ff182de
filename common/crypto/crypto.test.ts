import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createSealer, SealError } from './seal.ts';
import { deriveAgentToken, hashToken, newToken } from './tokens.ts';
import { canonicalJson, RunNotAuthorizedError, signRun, verifyRun, type DeploymentClaim } from './run-authorization.ts';
import { MasterKeyError, parseMasterKey } from './keys.ts';

const key = randomBytes(32);

describe('seal', () => {
  const place = { table: 'ssh_keys', column: 'private_key', row: 'a' };

  it('opens what it sealed, and never twice to the same text', () => {
    const sealer = createSealer(key);
    const sealed = sealer.seal('söcret', place);
    expect(sealer.open(sealed, place)).toBe('söcret');
    expect(sealer.seal('söcret', place)).not.toBe(sealed);
    expect(sealed).not.toContain('cret');
  });

  it.each([
    ['row', { ...place, row: 'b' }],
    ['column', { ...place, column: 'public_key' }],
    ['table', { ...place, table: 'servers' }],
  ])('does not open in another %s', (_name, other) => {
    const sealer = createSealer(key);
    expect(() => sealer.open(sealer.seal('x', place), other)).toThrow(SealError);
  });

  it('does not open with another key, another key version, or a changed byte', () => {
    const sealer = createSealer(key);
    const sealed = sealer.seal('some text', place);
    expect(() => createSealer(randomBytes(32)).open(sealed, place)).toThrow(SealError);
    expect(() => sealer.open(sealed.replace('v1', 'v2'), place)).toThrow(SealError);
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    bytes[bytes.length - 1]! ^= 1;
    expect(() => sealer.open(`v1.${bytes.toString('base64url')}`, place)).toThrow(SealError);
  });
});

describe('run authorization', () => {
  const claim: DeploymentClaim = {
    kind: 'deployment',
    deploymentId: 'd',
    actorKind: 'user',
    actorId: 'u',
    playbook: 'nodepulse/deploy-agent',
    playbookHash: 'h',
    serverIds: ['s1', 's2'],
    variables: '{}',
  };

  it('accepts its own signature and refuses any change', () => {
    const signature = signRun(key, claim);
    verifyRun(key, claim, signature, 0);
    const changes: Partial<DeploymentClaim>[] = [
      { serverIds: ['s1'] },
      { serverIds: ['s2', 's1'] },
      { playbookHash: 'x' },
      { variables: '{"a":1}' },
      { actorId: null },
    ];
    for (const change of changes) {
      expect(() => {
        verifyRun(key, { ...claim, ...change }, signature, 0);
      }).toThrow(RunNotAuthorizedError);
    }
    expect(() => {
      verifyRun(randomBytes(32), claim, signature, 0);
    }).toThrow(RunNotAuthorizedError);
    expect(() => {
      verifyRun(key, claim, '', 0);
    }).toThrow(RunNotAuthorizedError);
  });

  it('refuses an expired claim', () => {
    const test = { kind: 'connection-test', serverId: 's', actorId: null, expiresAtMs: 1000 } as const;
    const signature = signRun(key, test);
    verifyRun(key, test, signature, 1000);
    expect(() => {
      verifyRun(key, test, signature, 1001);
    }).toThrow(/expired/);
  });

  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: 1, a: { d: 1, c: [2, 1] } })).toBe('{"a":{"c":[2,1],"d":1},"b":1}');
  });
});

describe('tokens and keys', () => {
  it('derives one agent token per server and generation', () => {
    const token = deriveAgentToken(key, 's', 1);
    expect(deriveAgentToken(key, 's', 1)).toBe(token);
    expect(new Set([token, deriveAgentToken(key, 's', 2), deriveAgentToken(key, 't', 1)]).size).toBe(3);
    expect(token).toMatch(/^npa_[\w-]{43}$/);
    expect(hashToken(token)).toMatch(/^[0-9a-f]{64}$/);
    expect(newToken('api')).not.toBe(newToken('api'));
  });

  it('takes a master key as hex or base64 and refuses others with the way out', () => {
    expect(parseMasterKey(key.toString('hex'))).toEqual(key);
    expect(parseMasterKey(`${key.toString('base64')}\n`)).toEqual(key);
    expect(() => parseMasterKey('short')).toThrow(MasterKeyError);
  });
});
