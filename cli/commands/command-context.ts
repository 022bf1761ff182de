import type { Environment, GivenSecrets } from '../settings/starter-settings.ts';

/** What a command is given. */
export interface CommandContext {
  /** The checkout. */
  root: string;
  version: string;
  /** Arguments after the command's name. */
  args: string[];
  /** The environment without the secrets. */
  env: Environment;
  secrets: GivenSecrets;
}
