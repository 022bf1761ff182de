import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlaybookMeta } from '#common/contracts/playbooks.ts';

/** A playbook of the installation, and where its files are. */
export interface CataloguePlaybook {
  meta: PlaybookMeta;
  group: 'built-in' | 'custom';
  /** For `hashPlaybookTree` and the run. */
  playbookFile: string;
  rolesDir: string;
}

export interface CatalogueOptions {
  /** The `ansible/` folder of the installation: playbooks below `playbooks/`, roles in `roles/`. */
  ansibleDir: string;
  /** Take those of `tests/playbooks` beside it too (ids `test/…`). */
  testLocalTargets: boolean;
}

export class PlaybookMetaError extends Error {
  readonly code = 'playbook_meta_invalid';
  constructor(file: string, why: string) {
    super(`${file} does not describe a playbook: ${why}`);
    this.name = 'PlaybookMetaError';
  }
}

const SUFFIX = '.meta.json';

/** All playbooks, by id in order. `NAME.meta.json` stands beside its `NAME.yml`. Throws PlaybookMetaError. */
export async function loadCatalogue(options: CatalogueOptions): Promise<Map<string, CataloguePlaybook>> {
  const { ansibleDir, testLocalTargets } = options;
  const rolesDir = join(ansibleDir, 'roles');
  const files = await findMetaFiles(join(ansibleDir, 'playbooks'));
  if (testLocalTargets) files.push(...(await findMetaFiles(join(ansibleDir, '..', 'tests', 'playbooks'))));
  const loaded = await Promise.all(files.map((file) => load(file, rolesDir)));
  const found = loaded
    .filter(({ meta }) => testLocalTargets || !meta.id.startsWith('test/'))
    .sort((a, b) => (a.meta.id < b.meta.id ? -1 : 1));
  return new Map(found.map((playbook) => [playbook.meta.id, playbook]));
}

async function findMetaFiles(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder, { recursive: true });
    return names.filter((name) => name.endsWith(SUFFIX)).map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function load(file: string, rolesDir: string): Promise<CataloguePlaybook> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new PlaybookMetaError(file, (error as Error).message);
  }
  const meta = PlaybookMeta.safeParse(json);
  if (!meta.success) {
    const first = meta.error.issues[0];
    throw new PlaybookMetaError(file, `${first?.path.join('.') ?? ''} ${first?.message ?? ''}`);
  }
  return {
    meta: meta.data,
    group: meta.data.id.startsWith('custom/') ? 'custom' : 'built-in',
    playbookFile: `${file.slice(0, -SUFFIX.length)}.yml`,
    rolesDir,
  };
}
