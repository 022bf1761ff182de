import type { CommandContext } from './commands/command-context.ts';
import { CannotError, UsageError } from './settings/usage-error.ts';

type Command = (context: CommandContext) => Promise<number>;

/** Each is loaded only when it is asked for, as `start` brings much along that `status` does without. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  start: async () => (await import('./commands/start.ts')).start,
  status: async () => (await import('./commands/status.ts')).status,
  stop: async () => (await import('./commands/stop.ts')).stop,
  restart: async () => (await import('./commands/restart.ts')).restart,
  logs: async () => (await import('./commands/logs.ts')).logs,
  token: async () => (await import('./commands/token.ts')).token,
  user: async () => (await import('./commands/user.ts')).user,
  backup: async () => (await import('./commands/backup.ts')).backup,
  demo: async () => (await import('./commands/demo.ts')).demo,
  restore: async () => (await import('./commands/restore.ts')).restore,
};

/** Runs one command of `admiral`; returns its exit status. What a person can mend is said in one sentence. */
export async function main(command: string, context: CommandContext): Promise<number> {
  try {
    const load = COMMANDS[command];
    if (!load) throw new UsageError(`There is no command "${command}". "admiral --help" lists what there is.`);
    const run = await load();
    return await run(context);
  } catch (error) {
    if (error instanceof UsageError || error instanceof CannotError) {
      console.error(error.message);
      return error instanceof UsageError ? 2 : 1;
    }
    throw error;
  }
}
