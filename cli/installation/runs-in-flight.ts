import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../home/layout.ts';
import { readJson } from '../home/json-file.ts';
import { startTimeOf } from '../home/process-identity.ts';

export interface RunInFlight {
  /** Name of the run's folder. */
  run: string;
  supervisorPid: number;
}

/** Runs whose supervisor is alive, by what the supervisor wrote into its run folder. */
export function runsInFlight(home: Home): RunInFlight[] {
  if (!existsSync(home.runs)) return [];
  const runs: RunInFlight[] = [];
  for (const run of readdirSync(home.runs)) {
    const state = readJson(join(home.runs, run, 'supervisor.json')) as { pid?: number; startTime?: string } | undefined;
    if (state?.pid === undefined) continue;
    const startTime = startTimeOf(state.pid);
    if (startTime !== undefined && startTime === String(state.startTime)) runs.push({ run, supervisorPid: state.pid });
  }
  return runs;
}
