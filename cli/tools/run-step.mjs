import { spawn } from 'node:child_process';

const TELL_EVERY_MS = 15_000;

/**
 * Runs one long step with visible progress: what it is, how long it takes, and its output when it fails.
 * @param {string} title
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string | undefined>, quiet?: boolean }} options `quiet`: says nothing unless it fails
 */
export async function runStep(title, file, args, { cwd, env, quiet = false }) {
  const began = Date.now();
  const seconds = () => `${((Date.now() - began) / 1000).toFixed(0)} s`;
  if (!quiet) console.log(`  ${title} ...`);
  const timer = setInterval(() => {
    if (!quiet) console.log(`  ${title}: still working (${seconds()})`);
  }, TELL_EVERY_MS);
  let output = '';
  try {
    await new Promise((resolve, reject) => {
      const child = spawn(file, args, {
        cwd,
        env: /** @type {NodeJS.ProcessEnv} */ (env ?? process.env),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const keep = (/** @type {Buffer} */ data) => {
        output = (output + data.toString('utf8')).slice(-20_000);
      };
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
      child.on('error', reject);
      child.on('close', (code, signal) => {
        if (code === 0) resolve(undefined);
        else reject(new Error(signal ? `ended by ${signal}` : `ended with status ${code}`));
      });
    });
  } catch (error) {
    throw new Error(`${title} failed: ${file} ${/** @type {Error} */ (error).message}\n${output.trimEnd()}`);
  } finally {
    clearInterval(timer);
  }
  if (!quiet) console.log(`  ${title}: done (${seconds()})`);
  return output;
}
