import { homeChecks } from './doctor-home.mjs';
import { machineChecks } from './doctor-machine.mjs';

/**
 * @typedef {{ name: string, state: 'ok' | 'warning' | 'problem', found: string, fix?: string }} Finding
 */

/** `admiral doctor [--json]`: every check with what was found and the fix. Exit status 1 when something stands in the way. */
export async function doctor(/** @type {string} */ root, /** @type {string[]} */ args) {
  /** @type {Finding[]} */
  const findings = [...machineChecks(root), ...(await homeChecks(root))];
  const problems = findings.filter((finding) => finding.state === 'problem').length;
  if (args.includes('--json')) {
    console.log(JSON.stringify({ ok: problems === 0, findings }, null, 2));
  } else {
    for (const { name, state, found, fix } of findings) {
      console.log(`${state.padEnd(8)} ${name}: ${found}`);
      if (fix !== undefined) console.log(`${' '.repeat(9)}${fix}`);
    }
    const many = problems === 1 ? '1 problem' : `${problems} problems`;
    console.log(problems === 0 ? '\nNothing stands in the way.' : `\n${many} to mend.`);
  }
  return problems === 0 ? 0 : 1;
}
