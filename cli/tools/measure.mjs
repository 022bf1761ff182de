// npm run bench -- NAME and npm run soak -- NAME: one measurement on real parts. Its last line is a JSON object
// {"name", "figures": [{"id", "value", "bar", "ok"}]}; the exit status is 1 where a figure misses its bar.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './set-up.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const [kind = '', name, ...args] = process.argv.slice(2);

function names() {
  try {
    const files = readdirSync(join(root, 'tests', kind));
    return files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).map((file) => file.slice(0, -3));
  } catch {
    return [];
  }
}

if (name === undefined || !names().includes(name)) {
  console.error(`Write "npm run ${kind} -- NAME", where NAME is one of: ${names().join(', ') || '(none yet)'}.`);
  process.exit(2);
}
await setUp(root);
const child = spawn(process.execPath, ['--import', 'tsx', join('tests', kind, `${name}.ts`), ...args], {
  cwd: root,
  env: { ...process.env, NODE_ENV: 'test' },
  stdio: 'inherit',
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
child.on('close', (code) => process.exit(code ?? 1));
