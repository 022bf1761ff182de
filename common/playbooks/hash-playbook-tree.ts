import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Something in a playbook's tree that is neither a file nor a folder, such as a link out of it. */
export class PlaybookTreeError extends Error {
  readonly code = 'playbook_tree_invalid';
  constructor(path: string) {
    super(`${path} is neither a file nor a folder: replace links in the playbook's tree by the files themselves.`);
    this.name = 'PlaybookTreeError';
  }
}

/** A file of a playbook's tree: where it stands within the tree (`/` between folders), and on disk. */
export interface TreeFile {
  name: string;
  path: string;
}

/** Made by Python beside what it loads; no part of a playbook. */
const isByproduct = (name: string): boolean => name === '__pycache__' || name.endsWith('.pyc');

/** Folders beside a playbook where Ansible looks for what its tasks name. */
const BESIDE = ['files', 'templates'];

/**
 * All files that a run of the playbook can use: `playbook.yml`, everything below `roles/`, and below `files/` and `templates/` beside
 * the playbook, sorted by name. Throws PlaybookTreeError for links and other things that are no files.
 */
export async function listPlaybookTree(playbookFile: string, rolesDir: string): Promise<TreeFile[]> {
  const files: TreeFile[] = [{ name: 'playbook.yml', path: playbookFile }];
  const walk = async (folder: string, prefix: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (isByproduct(entry.name)) continue;
      const path = join(folder, entry.name);
      const name = `${prefix}/${entry.name}`;
      if (entry.isDirectory()) await walk(path, name);
      else if (entry.isFile()) files.push({ name, path });
      else throw new PlaybookTreeError(path);
    }
  };
  await walk(rolesDir, 'roles');
  const beside = await readdir(dirname(playbookFile), { withFileTypes: true });
  for (const { name } of beside.filter((entry) => entry.isDirectory() && BESIDE.includes(entry.name))) {
    await walk(join(dirname(playbookFile), name), name);
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * SHA-256 (hex) over names and bytes of a playbook's tree: what the api signs, and a run checks before it starts. The same
 * content has the same hash wherever it stands.
 */
export async function hashPlaybookTree(playbookFile: string, rolesDir: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await listPlaybookTree(playbookFile, rolesDir)) {
    const bytes = await readFile(file.path);
    hash.update(`${String(Buffer.byteLength(file.name))}:${file.name}:${String(bytes.length)}:`).update(bytes);
  }
  return hash.digest('hex');
}
