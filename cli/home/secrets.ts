import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMasterKey } from '#common/crypto/keys.ts';
import { CannotError, UsageError } from '../settings/usage-error.ts';
import type { Home } from './layout.ts';

/** Passwords that the first start makes; each in a 0600 file of the home. None is the same in two installations. */
const GENERATED = [
  'database-owner',
  'database-service',
  'database-metrics',
  'valkey-starter',
  'valkey-api',
  'valkey-worker',
  'valkey-ingest',
  'valkey-digest',
  'proxy',
] as const;
type GeneratedName = (typeof GENERATED)[number];

export type InstallationSecrets = Record<GeneratedName, string> & { 'master-key': string };

/** Says which master key it is without saying anything about the key: bound to this one use. */
export function masterKeyFingerprint(masterKey: string): string {
  const derived = hkdfSync('sha256', parseMasterKey(masterKey), '', 'admiral/fingerprint/v1', 32);
  return createHash('sha256').update(Buffer.from(derived)).digest('hex').slice(0, 32);
}

/**
 * Every secret of the installation; those that are missing are made. `givenMasterKey` (from the environment or a file) is
 * never written; without it the key lies in the home. Throws when it is not the key that the data was sealed with.
 */
export function loadSecrets(home: Home, givenMasterKey?: string): InstallationSecrets {
  const secrets = Object.fromEntries(GENERATED.map((name) => [name, readOrMake(home, name)]));
  const keyFile = join(home.secrets, 'master-key');
  const fingerprintFile = join(home.secrets, 'master-key.fingerprint');
  if (givenMasterKey !== undefined) checkMasterKey(givenMasterKey);
  const isKnown = existsSync(fingerprintFile);
  if (givenMasterKey === undefined && isKnown && !existsSync(keyFile)) {
    throw new CannotError(
      `The master key is not in ${home.folder}: give it as ADMIRAL_MASTER_KEY_FILE or ADMIRAL_MASTER_KEY, as at the first start.`,
    );
  }
  const masterKey = givenMasterKey ?? readOrMake(home, 'master-key');
  const fingerprint = masterKeyFingerprint(masterKey);
  if (!isKnown) writeFileSync(fingerprintFile, `${fingerprint}\n`, { mode: 0o600 });
  else if (readFileSync(fingerprintFile, 'utf8').trim() !== fingerprint) {
    throw new CannotError(
      `The given master key is not the one that ${home.folder} was sealed with: give the one of the first start.`,
    );
  }
  return { ...secrets, 'master-key': masterKey } as InstallationSecrets;
}

function checkMasterKey(text: string): void {
  try {
    parseMasterKey(text);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** One generated secret of an existing installation. */
export function readSecretFile(home: Home, name: GeneratedName): string {
  return readFileSync(join(home.secrets, name), 'utf8').trim();
}

function readOrMake(home: Home, name: string): string {
  const file = join(home.secrets, name);
  if (existsSync(file)) {
    const value = readFileSync(file, 'utf8').trim();
    if (value !== '') return value;
  }
  const value = randomBytes(32).toString('hex');
  writeFileSync(file, `${value}\n`, { mode: 0o600 });
  return value;
}
