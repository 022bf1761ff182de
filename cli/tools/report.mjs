const SLOWEST = 10;
/** A skipped test whose title says that this machine lacks what can be installed, not what it cannot have. */
const FLEET_SKIPPED_FOR_TOOLS = /no fleet here: .*\bmissing\b/;

/**
 * Prints failed and skipped tests, minutes per suite, the slowest tests and the closing line. Returns the exit status.
 * @param {import('./run-jest.mjs').SuiteResult[]} suites
 */
export function report(suites) {
  const tests = suites.flatMap((suite) => suite.tests);
  if (process.env.ADMIRAL_REQUIRE_FLEET === '1') {
    for (const test of tests) {
      if (test.status === 'skipped' && FLEET_SKIPPED_FOR_TOOLS.test(test.title)) test.status = 'failed';
    }
  }
  const count = (/** @type {string} */ status) => tests.filter((test) => test.status === status).length;
  const seconds = (/** @type {number} */ ms) => `${(ms / 1000).toFixed(1)} s`;
  for (const status of ['skipped', 'failed']) {
    const found = tests.filter((test) => test.status === status);
    if (found.length > 0) console.log(`\n${status}:`);
    for (const test of found) console.log(`  ${test.file}: ${test.title}`);
  }
  console.log('\nminutes per suite:');
  for (const suite of suites) console.log(`  ${suite.name.padEnd(12)} ${suite.minutes.toFixed(1)}`);
  console.log(`\n${SLOWEST} slowest tests:`);
  for (const test of [...tests].sort((a, b) => b.durationMs - a.durationMs).slice(0, SLOWEST)) {
    console.log(`  ${seconds(test.durationMs).padStart(8)}  ${test.file}: ${test.title}`);
  }
  console.log(`\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  return count('failed') > 0 || suites.some((suite) => !suite.ok) ? 1 : 0;
}
