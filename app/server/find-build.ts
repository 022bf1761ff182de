import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The built dashboard (`build/app`) is missing: the installation was not built. */
export class BuildMissingError extends Error {
  readonly code = 'dashboard_not_built';
  constructor() {
    super('The dashboard is not built: run `npx remix vite:build`, or start the installation with `npm start`.');
    this.name = 'BuildMissingError';
  }
}

/** The folder `build/app`, looked for beside and above the folder of the running program. */
export function findBuild(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    for (const candidate of [join(folder, 'app'), join(folder, 'build', 'app')]) {
      if (existsSync(join(candidate, 'server', 'index.js'))) return candidate;
    }
    if (dirname(folder) === folder) throw new BuildMissingError();
  }
}
