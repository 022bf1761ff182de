// npm test: everything that `npm run check` does, then integration tests on real parts, then the browser.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from './run-check.mjs';
import { report } from './report.mjs';
import { runJest } from './run-jest.mjs';
import { setUp } from './set-up.mjs';
import { installTestPackages } from './test-packages.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
await setUp(root);
await installTestPackages(root);
process.exit(report([await check(root), await runJest(root, 'integration'), await runJest(root, 'browser')]));
