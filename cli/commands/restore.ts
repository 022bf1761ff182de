import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseMasterKey } from '#common/crypto/keys.ts';
import { runCommand } from '#common/process/run-command.ts';
import { hashFiles, listFiles, Manifest, MANIFEST_FILE } from '../backup/manifest.ts';
import { masterKeyFingerprint } from '../home/secrets.ts';
import { notePendingAudit } from '../installation/pending-audit.ts';
import { homeFolder, readMasterKey } from '../settings/starter-settings.ts';
import { CannotError, UsageError } from '../settings/usage-error.ts';
import type { CommandContext } from './command-context.ts';
import { readFlags } from './flags.ts';

const HOURS_MS = 3_600_000;

/**
 * `admiral restore FILE`: into a data folder that is empty or does not exist, with the master key given as ADMIRAL_MASTER_KEY or
 * ADMIRAL_MASTER_KEY_FILE. Nothing is put in place before every file is verified.
 */
export async function restore(context: CommandContext): Promise<number> {
  const [given] = readFlags(context.args, {}, 1).positionals;
  if (given === undefined) throw new UsageError('Name the backup, as in "admiral restore admiral.tar.gz".');
  const file = resolve(given);
  if (!existsSync(file)) throw new CannotError(`The backup ${file} does not exist: correct its path.`);
  const folder = homeFolder(context.root, context.env);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new CannotError(`The data folder ${folder} is not empty: set ADMIRAL_HOME to an empty or a new folder.`);
  }
  const masterKey = requireMasterKey(context);
  await mkdir(dirname(folder), { recursive: true });
  const half = await mkdtemp(`${folder}.restoring-`);
  try {
    console.log('Unpacking ...');
    await unpack(file, half);
    const manifest = readManifest(half);
    if (masterKeyFingerprint(masterKey) !== manifest.masterKeyFingerprint) {
      throw new CannotError(
        'The given master key is not the one that this backup was sealed with: give the right one.',
      );
    }
    console.log('Verifying ...');
    await verify(half, manifest);
    rmSync(join(half, MANIFEST_FILE));
    if (manifest.isMasterKeyInHome) writeFileSync(join(half, 'secrets', 'master-key'), masterKey, { mode: 0o600 });
    notePendingAudit(half, {
      action: 'installation.restore',
      objectKind: 'installation',
      objectName: folder,
      details: { backupOf: manifest.createdAt, version: manifest.version },
    });
    if (existsSync(folder)) await rm(folder, { recursive: true }); // It is empty.
    renameSync(half, folder);
    console.log(`Restored the backup of ${manifest.createdAt} into ${folder}.`);
    console.log(
      manifest.isMasterKeyInHome
        ? 'Start it with "npm start".'
        : 'Start it with "npm start" and the same master key setting.',
    );
    return 0;
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

function requireMasterKey(context: CommandContext): string {
  const masterKey = readMasterKey({ ...context.env, ...context.secrets });
  if (masterKey === undefined) {
    throw new UsageError('Give the master key of the backup: ADMIRAL_MASTER_KEY_FILE=FILE admiral restore ...');
  }
  try {
    parseMasterKey(masterKey);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  return masterKey;
}

async function unpack(file: string, into: string): Promise<void> {
  try {
    await runCommand('tar', ['-xzf', file, '-C', into, '--no-same-owner'], { timeoutMs: 12 * HOURS_MS });
  } catch (error) {
    throw new CannotError(`${file} cannot be unpacked: ${(error as Error).message}`);
  }
}

function readManifest(folder: string): Manifest {
  try {
    return Manifest.parse(JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8')));
  } catch {
    throw new CannotError('This is not a backup of Admiral, or one of a later version: its manifest cannot be read.');
  }
}

async function verify(folder: string, manifest: Manifest): Promise<void> {
  const found = await hashFiles(folder, listFiles(folder));
  const paths = new Set([...Object.keys(found), ...Object.keys(manifest.files)]);
  const wrong = [...paths].filter((path) => found[path] !== manifest.files[path]);
  if (wrong.length > 0) {
    throw new CannotError(`The backup is damaged (${wrong.slice(0, 3).join(', ')}): use another one.`);
  }
}
