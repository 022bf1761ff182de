import type { z } from 'zod';
import type { Playbook, PlaybookList } from '#common/contracts/playbooks.ts';
import { loadCatalogue, type CataloguePlaybook } from '#common/playbooks/catalogue.ts';
import { hashPlaybookTree } from '#common/playbooks/hash-playbook-tree.ts';
import type { Context } from '../http/route.ts';

/** All playbooks with their declared variables. They are read anew each time: files of custom playbooks may change. */
export async function listPlaybooks({ deps }: Context): Promise<z.input<typeof PlaybookList>> {
  const catalogue = await loadCatalogue(deps);
  return { items: await Promise.all([...catalogue.values()].map(presentPlaybook)) };
}

async function presentPlaybook({
  meta,
  group,
  playbookFile,
  rolesDir,
}: CataloguePlaybook): Promise<z.output<typeof Playbook>> {
  return { ...meta, group, hash: await hashPlaybookTree(playbookFile, rolesDir) };
}
