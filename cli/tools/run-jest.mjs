import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ title: string, file: string, status: 'passed' | 'failed' | 'skipped', durationMs: number }} TestResult
 * @typedef {{ name: string, tests: TestResult[], minutes: number, ok: boolean }} SuiteResult
 */

/** Which tests belong to which suite, as arguments for jest. */
export const SUITES = {
  unit: ['--testPathIgnorePatterns', '<rootDir>/tests/', '/node_modules/'],
  integration: ['--testPathPatterns', '/tests/(integration|fleet|support)/'],
  browser: ['--testPathPatterns', '/tests/e2e/', '--maxWorkers', '1'],
};

/**
 * Runs one suite with jest. A file that cannot be loaded counts as one failed test.
 * @param {string} root
 * @param {keyof typeof SUITES} name
 * @param {string[]} [more] further arguments for jest
 * @returns {Promise<SuiteResult>}
 */
export async function runJest(root, name, more = []) {
  const began = Date.now();
  const folder = join(root, '.cache', 'test-results');
  mkdirSync(folder, { recursive: true });
  const outputFile = join(folder, `${name}.json`);
  rmSync(outputFile, { force: true });
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const args = [jest, '--passWithNoTests', '--json', `--outputFile=${outputFile}`, ...SUITES[name], ...more];
  const code = await run(root, args);
  /** @type {TestResult[]} */
  const tests = [];
  if (existsSync(outputFile)) {
    for (const file of JSON.parse(readFileSync(outputFile, 'utf8')).testResults) {
      const path = file.name.replace(`${root}/`, '');
      for (const test of file.assertionResults) {
        const status = test.status === 'passed' || test.status === 'failed' ? test.status : 'skipped';
        tests.push({ title: test.fullName, file: path, status, durationMs: test.duration ?? 0 });
      }
      if (file.assertionResults.length === 0 && file.status === 'failed') {
        tests.push({ title: 'the file could not be run', file: path, status: 'failed', durationMs: 0 });
      }
    }
  }
  const ok = code === 0;
  if (!ok && !tests.some((test) => test.status === 'failed')) {
    tests.push({ title: `jest ended with status ${code}`, file: name, status: 'failed', durationMs: 0 });
  }
  return { name, tests, minutes: (Date.now() - began) / 60_000, ok };
}

/** @returns {Promise<number | null>} */
function run(/** @type {string} */ root, /** @type {string[]} */ args) {
  const options = [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'test', NODE_OPTIONS: options.filter(Boolean).join(' ') },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    // Ended in good order, tests end the servers and hosts that they started.
    const end = () => child.kill('SIGTERM');
    process.once('SIGTERM', end);
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGTERM', end);
      resolve(code);
    });
  });
}
