/**
 * Who may import whom: the walls of docs/ARCHITECTURE.md. A rule names a folder and what it may reach; everything else in the project is
 * refused. Types of other folders are allowed where the rule says so.
 */
const TEST = String.raw`\.test\.tsx?$`;
const OWN = String.raw`^(common|workflows|activities|api|app|ingest|cli|tests|ansible|prisma)/`;

/** `from` may import values only from `may` (folders of ours); types also from `types`. */
function wall(from, may, types = []) {
  const rule = (name, to, extra = {}) => ({
    name,
    severity: 'error',
    from: { path: `^${from}/`, pathNot: TEST },
    to: { path: OWN, pathNot: [`^${from}/`, ...to.map((folder) => `^${folder}`)], ...extra },
  });
  return [
    rule(`${from}-values`, may, { dependencyTypesNot: ['type-only'] }),
    rule(`${from}-types`, [...may, ...types], { dependencyTypes: ['type-only'] }),
  ];
}

export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...wall('common/contracts', ['common/domain/']),
    ...wall('common/domain', [], ['common/contracts/']),
    ...wall('common/crypto', []),
    ...wall('common/config', []),
    ...wall('common/logging', []),
    ...wall('common/process', [], ['common/logging/']),
    ...wall('common/db', ['common/domain/', 'common/contracts/']),
    ...wall('workflows', ['common/domain/'], ['common/contracts/', 'activities/']),
    ...wall('activities', ['common/', 'workflows/task-queues'], ['workflows/']),
    ...wall('api', ['common/', 'workflows/[^/]+/messages', 'workflows/task-queues'], ['workflows/']),
    ...wall('app', ['common/contracts/', 'common/domain/', 'common/config/', 'common/logging/', 'common/process/']),
    ...wall('ingest', [
      'common/contracts/',
      'common/domain/',
      'common/db/',
      'common/config/',
      'common/crypto/',
      'common/logging/',
      'common/process/',
    ]),
    ...wall('cli', ['common/']),
    {
      name: 'workflows-are-deterministic',
      comment: 'A workflow does no input or output.',
      severity: 'error',
      from: { path: '^workflows/', pathNot: TEST },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-activities-and-cli-start-processes',
      severity: 'error',
      from: { path: '^(api|app|ingest|workflows)/', pathNot: TEST },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'only-activities-open-ssh',
      severity: 'error',
      from: { path: '^(app|ingest|workflows|cli)/', pathNot: TEST },
      to: { path: 'node_modules/ssh2/' },
    },
    {
      name: 'product-does-not-import-tests',
      severity: 'error',
      from: { path: '^(common|workflows|activities|api|app|ingest|cli)/', pathNot: TEST },
      to: { path: '^tests/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|\\.cache|\\.tools|common/db/generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
