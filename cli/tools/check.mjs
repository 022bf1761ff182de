// npm run check: set-up, format, lint, types, import walls, unused code, workflow bundle, recorded histories, unit tests.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from './run-check.mjs';
import { report } from './report.mjs';
import { setUp } from './set-up.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
await setUp(root);
process.exit(report([await check(root)]));
