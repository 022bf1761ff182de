const swc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', tsx: true, decorators: false },
    transform: { react: { runtime: 'automatic' } },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/** One configuration; suites are chosen by path (`jest common`, `jest tests/integration`). */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/.cache/', '<rootDir>/.tools/', '<rootDir>/.admiral/'],
  transform: { '^.+\\.tsx?$': ['@swc/jest', swc] },
  testTimeout: 30_000,
  maxWorkers: 2,
};
