import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { requiredTools } from './required-tools.ts';

/** Names of the programs in `requiredTools` that are not on `path` (default: this process's PATH). */
export function findMissingTools(path: string = process.env['PATH'] ?? ''): (keyof typeof requiredTools)[] {
  const folders = path.split(delimiter);
  const tools = Object.keys(requiredTools) as (keyof typeof requiredTools)[];
  return tools.filter((tool) => !folders.some((folder) => isExecutable(join(folder, tool))));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
