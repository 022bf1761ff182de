import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runCommand } from '#common/process/run-command.ts';
import { BACKED_UP, hashFiles, LEFT_OUT, listFiles, MANIFEST_FILE, type Manifest } from '../backup/manifest.ts';
import { lockHome } from '../home/home-lock.ts';
import { homeLayout, isHome, type Home } from '../home/layout.ts';
import { endLeftovers } from '../home/leftovers.ts';
import { runsInFlight } from '../installation/runs-in-flight.ts';
import { homeFolder } from '../settings/starter-settings.ts';
import { CannotError, UsageError } from '../settings/usage-error.ts';
import type { CommandContext } from './command-context.ts';
import { readFlags } from './flags.ts';

const HOURS_MS = 3_600_000;

/** `admiral backup FILE`: a copy of a stopped installation as one 0600 archive, without the master key. */
export async function backup(context: CommandContext): Promise<number> {
  const [given] = readFlags(context.args, {}, 1).positionals;
  if (given === undefined) throw new UsageError('Name the file to write, as in "admiral backup admiral.tar.gz".');
  const file = resolve(given);
  if (existsSync(file)) throw new CannotError(`${file} already exists: name another file.`);
  const folder = homeFolder(context.root, context.env);
  if (!isHome(folder)) throw new CannotError(`There is no installation in ${folder}: set ADMIRAL_HOME.`);
  const home = homeLayout(folder);
  const unlock = lockHome(home);
  try {
    await endLeftovers(home);
    const runs = runsInFlight(home);
    if (runs.length > 0) {
      throw new CannotError(
        `${String(runs.length)} runs are in flight: start the installation, let them end, and stop it without --keep-runs.`,
      );
    }
    await writeBackup(home, file, context.version);
  } finally {
    unlock();
  }
  console.log(`${file}: ${(statSync(file).size / 2 ** 20).toFixed(1)} MiB.`);
  console.log(
    'It holds everything but the master key, without which sealed values cannot be opened: keep that elsewhere.',
  );
  return 0;
}

async function writeBackup(home: Home, file: string, version: string): Promise<void> {
  const beside = await mkdtemp(join(tmpdir(), 'admiral-backup-'));
  const half = `${file}.half`;
  try {
    console.log('Reading and hashing ...');
    const manifest: Manifest = {
      product: 'nodepulse-admiral',
      format: 1,
      version,
      createdAt: new Date().toISOString(),
      masterKeyFingerprint: readFileSync(join(home.secrets, 'master-key.fingerprint'), 'utf8').trim(),
      isMasterKeyInHome: existsSync(join(home.secrets, 'master-key')),
      files: await hashFiles(home.folder, listFiles(home.folder)),
    };
    writeFileSync(join(beside, MANIFEST_FILE), JSON.stringify(manifest, null, 1), { mode: 0o600 });
    writeFileSync(half, '', { mode: 0o600 }); // Never readable by others, not even while it is written.
    chmodSync(half, 0o600);
    console.log('Writing ...');
    const wanted = BACKED_UP.filter((name) => existsSync(join(home.folder, name)));
    const excluded = LEFT_OUT.map((path) => `--exclude=${path}`);
    const args = ['-czf', half, '-C', beside, MANIFEST_FILE, ...excluded, '-C', home.folder, ...wanted];
    await runCommand('tar', args, { timeoutMs: 12 * HOURS_MS });
    renameSync(half, file);
  } finally {
    rmSync(half, { force: true });
    await rm(beside, { recursive: true, force: true });
  }
}
