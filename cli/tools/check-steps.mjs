import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const PYTHON_SYNTAX = 'import ast,sys\nfor f in sys.argv[1:]: ast.parse(open(f, encoding="utf-8").read(), f)';
const PYTHON_FOLDERS = ['ansible', 'tests'];

/**
 * What `npm run check` does besides the unit tests: each is one program that ends with status 0 when all is well.
 * @returns {{ title: string, file: string, args: string[] }[]}
 */
export function checkSteps(/** @type {string} */ root) {
  const tool = (/** @type {string} */ title, /** @type {string} */ program, /** @type {string[]} */ args) => ({
    title,
    file: process.execPath,
    args: [join(root, 'node_modules', program), ...args],
  });
  const cache = (/** @type {string} */ name) => ['--cache', '--cache-location', `.cache/${name}`];
  return [
    tool('format', 'prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', ...cache('prettier'), '.']),
    tool('lint', 'eslint/bin/eslint.js', [...cache('eslint'), '--max-warnings', '0', '.']),
    tool('types', 'typescript/bin/tsc', ['-p', '.']),
    tool('import walls', 'dependency-cruiser/bin/dependency-cruise.mjs', [
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'err',
      ...['api', 'app', 'activities', 'cli', 'common', 'ingest', 'tests', 'workflows'],
    ]),
    tool('unused code', 'knip/bin/knip.js', ['--no-progress']),
    {
      title: 'Python syntax',
      file: join(root, '.tools', 'venv', 'bin', 'python3'),
      args: ['-c', PYTHON_SYNTAX, ...PYTHON_FOLDERS.flatMap((folder) => pythonFiles(root, folder))],
    },
  ];
}

/** @returns {string[]} */
function pythonFiles(/** @type {string} */ root, /** @type {string} */ folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === '__pycache__' ? [] : pythonFiles(root, path);
    return entry.name.endsWith('.py') ? [path] : [];
  });
}
