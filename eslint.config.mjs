import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const onlyInDb = {
  group: ['@prisma/client', '@prisma/adapter-pg', '**/db/generated/*'],
  message: "Prisma's client is imported in common/db alone.",
};

export default tseslint.config(
  { ignores: ['build/', 'node_modules/', '.cache/', '.tools/', '.admiral/', 'common/db/generated/', 'coverage/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.mjs', 'cli/*.mjs', 'cli/tools/*.mjs'] } },
    },
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      'no-restricted-imports': ['error', { patterns: [onlyInDb] }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of `as const` values.' },
        {
          selector: 'CallExpression[callee.object.name="jest"][callee.property.name=/^(mock|unstable_mockModule)$/]',
          message: 'No module mocks: pass dependencies as arguments.',
        },
      ],
      eqeqeq: ['error', 'always'],
      // An update that returns nothing says so: defineUpdate<void, …>.
      '@typescript-eslint/no-invalid-void-type': 'off',
      'no-console': ['error', { allow: ['error'] }],
    },
  },
  { files: ['common/db/**', 'prisma.config.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['**/*.test.ts', '**/*.test.tsx', 'tests/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  // Remix's way to answer from a loader is to throw a Response.
  { files: ['app/**'], rules: { '@typescript-eslint/only-throw-error': 'off' } },
  { files: ['cli/**', 'deploy/**', 'tests/**'], rules: { 'no-console': 'off' } },
  { files: ['**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
