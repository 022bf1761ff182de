import { checkSteps } from './check-steps.mjs';
import { runJest } from './run-jest.mjs';
import { runStep } from './run-step.mjs';

/**
 * Every step is done, also after one has failed; a failed step counts as one failed test. The checkout must be set up,
 * which also bundles the workflows; their recorded histories are replayed among the unit tests.
 * @returns {Promise<import('./run-jest.mjs').SuiteResult>}
 */
export async function check(/** @type {string} */ root) {
  const began = Date.now();
  /** @type {import('./run-jest.mjs').TestResult[]} */
  const failedSteps = [];
  for (const { title, file, args } of checkSteps(root)) {
    try {
      await runStep(title, file, args, { cwd: root });
    } catch (error) {
      console.error(/** @type {Error} */ (error).message);
      failedSteps.push({ title, file: 'check', status: 'failed', durationMs: 0 });
    }
  }
  const unit = await runJest(root, 'unit');
  return {
    name: 'check',
    tests: [...failedSteps, ...unit.tests],
    minutes: (Date.now() - began) / 60_000,
    ok: unit.ok && failedSteps.length === 0,
  };
}
