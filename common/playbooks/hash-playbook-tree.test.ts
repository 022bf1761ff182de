import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPlaybookTree } from './hash-playbook-tree.ts';

const folders: string[] = [];

async function makeTree(): Promise<{ file: string; roles: string; hash: () => Promise<string> }> {
  const folder = await mkdtemp(join(tmpdir(), 'admiral-tree-'));
  folders.push(folder);
  const file = join(folder, 'deploy.yml');
  const roles = join(folder, 'roles');
  await mkdir(join(roles, 'agent', 'tasks'), { recursive: true });
  await writeFile(file, '- hosts: all\n');
  await writeFile(join(roles, 'agent', 'tasks', 'main.yml'), 'a: 1\n');
  return { file, roles, hash: () => hashPlaybookTree(file, roles) };
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describe('hashPlaybookTree', () => {
  let tree: Awaited<ReturnType<typeof makeTree>>;
  let before: string;
  beforeEach(async () => {
    tree = await makeTree();
    before = await tree.hash();
  });

  it('is the same for the same content elsewhere, and passes over what Python makes', async () => {
    const other = await makeTree();
    expect(await other.hash()).toBe(before);
    await mkdir(join(tree.roles, 'agent', '__pycache__'));
    await writeFile(join(tree.roles, 'agent', '__pycache__', 'x.pyc'), 'x');
    expect(await tree.hash()).toBe(before);
  });

  it('changes with the playbook, a role, a name, and with bytes moved between files', async () => {
    const hashes = new Set([before]);
    const note = async () => hashes.add(await tree.hash());
    await writeFile(tree.file, '- hosts: all \n');
    await note();
    await cp(join(tree.roles, 'agent'), join(tree.roles, 'other'), { recursive: true });
    await note();
    await writeFile(join(tree.roles, 'agent', 'tasks', 'main.yml'), 'a: 2\n');
    await note();
    await writeFile(join(tree.roles, 'agent', 'tasks', 'main.yml'), '');
    await note();
    expect(hashes.size).toBe(5);
  });

  it('refuses links', async () => {
    await symlink('/etc/passwd', join(tree.roles, 'agent', 'link'));
    await expect(tree.hash()).rejects.toMatchObject({ code: 'playbook_tree_invalid' });
  });
});
