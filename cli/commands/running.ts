import { callControl } from '../control/control-client.ts';
import { findStarter } from '../home/home-lock.ts';
import { homeLayout, isHome, socketPath, type Home } from '../home/layout.ts';
import type { ProcessIdentity } from '../home/process-identity.ts';
import type { InstallationStatus } from '../installation/installation.ts';
import { homeFolder } from '../settings/starter-settings.ts';
import { CannotError } from '../settings/usage-error.ts';
import type { CommandContext } from './command-context.ts';

export interface Running {
  home: Home;
  starter: ProcessIdentity;
  call: (method: 'GET' | 'POST', path: string, timeoutMs?: number) => Promise<InstallationStatus>;
}

/** The installation of the data folder, when it runs. */
export function findRunning(context: CommandContext): Running | undefined {
  const folder = homeFolder(context.root, context.env);
  if (!isHome(folder)) return undefined;
  const home = homeLayout(folder);
  const starter = findStarter(home);
  if (!starter) return undefined;
  return {
    home,
    starter,
    call: (method, path, timeoutMs) => callControl(socketPath(home, 'control.sock'), method, path, timeoutMs),
  };
}

/** Throws CannotError with the way out when nothing runs. */
export function requireRunning(context: CommandContext): Running {
  const running = findRunning(context);
  if (!running) {
    const folder = homeFolder(context.root, context.env);
    throw new CannotError(`No installation runs with the data folder ${folder}: start it with "npm start".`);
  }
  return running;
}
