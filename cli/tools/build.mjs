import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { runStep } from './run-step.mjs';

/** Main files of the processes, by the name of the file in `build/`. */
export const ENTRIES = {
  cli: 'cli/main.ts',
  'first-administrator': 'cli/first-administrator-main.ts',
  api: 'api/main.ts',
  'workflow-worker': 'activities/workflow-worker-main.ts',
  'ansible-worker': 'activities/ansible-worker-main.ts',
  ingest: 'ingest/main.ts',
  digest: 'ingest/digest-main.ts',
  app: 'app/server/main.ts',
};

const LOCK = ['package-lock.json', 'package.json', 'cli/tools/build.mjs'];
const CODE = ['cli', 'api', 'activities', 'ingest', 'app/server', 'common', 'workflows', 'tsconfig.json'];

/**
 * What is built, from which files, and how. A step whose files have not changed since it last succeeded is left out.
 * @type {{ name: string, title: string, sources: string[], result: string, make: (root: string) => Promise<unknown> }[]}
 */
const STEPS = [
  {
    name: 'prisma',
    title: 'generating the database client',
    sources: ['prisma/schema.prisma', 'prisma.config.ts', ...LOCK],
    result: 'common/db/generated/client.ts',
    make: (root) => tool(root, 'generating the database client', 'prisma/build/index.js', ['generate']),
  },
  {
    name: 'programs',
    title: 'building the programs',
    sources: [...CODE, ...LOCK],
    result: 'build/cli.js',
    make: (root) => tool(root, 'building the programs', undefined, ['cli/tools/build-programs.mjs']),
  },
  {
    name: 'workflows',
    title: 'bundling the workflows',
    sources: ['workflows', 'common', 'tsconfig.json', ...LOCK],
    result: 'build/workflows.js',
    make: (root) => tool(root, 'bundling the workflows', undefined, ['cli/tools/build-workflows.mjs']),
  },
  {
    name: 'app',
    title: 'building the dashboard',
    sources: ['app', 'common', 'vite.config.ts', 'tsconfig.json', ...LOCK],
    result: 'build/app/server/index.js',
    make: (root) => tool(root, 'building the dashboard', '@remix-run/dev/dist/cli.js', ['vite:build']),
  },
];

const stampFile = (/** @type {string} */ root) => join(root, 'build', '.stamps.json');

/** @returns {Record<string, string>} what each step was last made from */
function readStamps(/** @type {string} */ root) {
  try {
    return JSON.parse(readFileSync(stampFile(root), 'utf8'));
  } catch {
    return {}; // Nothing was built yet.
  }
}

/** Steps whose sources have changed, with the fingerprint that they will have been made from. */
function stepsToDo(/** @type {string} */ root) {
  const stamps = readStamps(root);
  return STEPS.map((step) => ({ ...step, wanted: fingerprint(root, step.sources) })).filter(
    (step) => stamps[step.name] !== step.wanted || !existsSync(join(root, step.result)),
  );
}

/** Whether everything is built from what the sources say now. */
export function isBuildCurrent(/** @type {string} */ root) {
  return stepsToDo(root).length === 0;
}

/** Builds what has changed. */
export async function build(/** @type {string} */ root) {
  mkdirSync(join(root, 'build'), { recursive: true });
  for (const step of stepsToDo(root)) {
    await step.make(root);
    writeFileSync(stampFile(root), JSON.stringify({ ...readStamps(root), [step.name]: step.wanted }, null, 2));
  }
}

async function tool(
  /** @type {string} */ root,
  /** @type {string} */ title,
  /** @type {string | undefined} */ program,
  /** @type {string[]} */ args,
) {
  const file = program ? [join(root, 'node_modules', program)] : [];
  const env = { ...process.env, NODE_ENV: 'production', CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
  await runStep(title, process.execPath, [...file, ...args], { cwd: root, env });
}
