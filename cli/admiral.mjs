#!/usr/bin/env node
// The `admiral` command. This file and cli/tools/ need nothing installed: they make the checkout ready, then hand over to build/cli.js.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { HELP } from './tools/help.mjs';
import { requireNode } from './tools/requirements.mjs';
import { SentenceError } from './tools/sentence-error.mjs';
import { takeSecrets } from './tools/take-secrets.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Commands that set the checkout up; the others only when it was never set up. */
const SETTING_UP = ['start', 'restart'];

async function run() {
  requireNode();
  const secrets = takeSecrets();
  const [command = '--help', ...args] = process.argv.slice(2);
  if (['--help', '-h', 'help'].includes(command) || args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (command === '--version') {
    console.log(version);
    return 0;
  }
  if (command === 'doctor') {
    const { doctor } = await import('./tools/doctor.mjs');
    return doctor(root, args);
  }
  const built = join(root, 'build', 'cli.js');
  if (SETTING_UP.includes(command) || !existsSync(built)) {
    const { setUp } = await import('./tools/set-up.mjs');
    await setUp(root);
  }
  const { main } = await import(pathToFileURL(built).href);
  return main(command, { root, version, args, env: process.env, secrets });
}

try {
  process.exitCode = await run();
  // Nothing is left to do: a timer of a library must not keep the terminal.
  process.exit();
} catch (error) {
  const known = error instanceof SentenceError;
  console.error(known ? error.message : (/** @type {Error} */ (error).stack ?? error));
  if (!known) console.error('\n"admiral doctor" checks this machine.');
  process.exit(1);
}
