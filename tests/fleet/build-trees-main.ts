/** Builds every tree ahead of the tests. Run: node --import tsx tests/fleet/build-trees-main.ts */
import { suites } from './tree-recipe.ts';
import { ensureTree } from './trees.ts';

const trees = await Promise.all(suites.map((suite) => ensureTree(suite)));
process.stdout.write(`${trees.join('\n')}\n`);
