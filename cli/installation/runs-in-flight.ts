import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../home/layout.ts';
import { readJson } from '../home/json-file.ts';
import { startTimeOf } from '../home/process-identity.ts';

export interface RunInFlight {
  /** Id of its deployment. */
  run: string;
  supervisorPid: number;
}

/** Runs whose supervisor is alive, by what the supervisor of each attempt wrote into its folder. */
export function runsInFlight(home: Home): RunInFlight[] {
  return foldersIn(home.runs).flatMap((run) => {
    const attempts = join(home.runs, run, 'attempts');
    const alive = foldersIn(attempts).flatMap((attempt) =>
      livingSupervisor(join(attempts, attempt, 'supervisor.json')),
    );
    return alive.slice(0, 1).map((supervisorPid) => ({ run, supervisorPid }));
  });
}

function livingSupervisor(file: string): number[] {
  const state = readJson(file) as { pid?: number; startTime?: number } | undefined;
  if (state?.pid === undefined) return [];
  return startTimeOf(state.pid) === String(state.startTime) ? [state.pid] : [];
}

function foldersIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
