import { runCommand } from '#common/process/run-command.ts';
import { caddyProgram } from '../engines/caddy.ts';
import { postgresBinaries } from '../engines/postgres-binaries.ts';
import { temporalProgram } from '../engines/temporal.ts';

/** Versions of the engines, as they say themselves; filled in while they start. */
export interface EngineVersions {
  postgres?: string;
  valkey?: string;
  temporal?: string;
  caddy?: string;
}

/** Asks the programs for their versions. One that doesn't say stays unknown. */
export async function askVersions(versions: EngineVersions, venvBin: string): Promise<void> {
  const ask = async (name: 'postgres' | 'temporal' | 'caddy', file: () => string, args: string[]) => {
    try {
      const { stdout } = await runCommand(file(), args, { timeoutMs: 20_000 });
      versions[name] = /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? stdout.trim().slice(0, 40);
    } catch {
      // Status shows it as unknown.
    }
  };
  await ask('postgres', () => postgresBinaries().postgres, ['--version']);
  await ask('caddy', () => caddyProgram(venvBin), ['version']);
  await ask('temporal', () => temporalProgram(venvBin), ['--version']);
}
