import { backup } from './commands/backup.ts';
import { demo } from './commands/demo.ts';
import { logs } from './commands/logs.ts';
import { restart } from './commands/restart.ts';
import { restore } from './commands/restore.ts';
import { start } from './commands/start.ts';
import { status } from './commands/status.ts';
import { stop } from './commands/stop.ts';
import { token } from './commands/token.ts';
import { user } from './commands/user.ts';
import type { CommandContext } from './commands/command-context.ts';
import { CannotError, UsageError } from './settings/usage-error.ts';

type Command = (context: CommandContext) => Promise<number>;
const COMMANDS: Record<string, Command> = { start, status, stop, restart, logs, token, user, demo, backup, restore };

/** Runs one command of `admiral`; returns its exit status. What a person can mend is said in one sentence. */
export async function main(command: string, context: CommandContext): Promise<number> {
  try {
    const run = COMMANDS[command];
    if (!run) throw new UsageError(`There is no command "${command}". "admiral --help" lists what there is.`);
    return await run(context);
  } catch (error) {
    if (error instanceof UsageError || error instanceof CannotError) {
      console.error(error.message);
      return error instanceof UsageError ? 2 : 1;
    }
    throw error;
  }
}
