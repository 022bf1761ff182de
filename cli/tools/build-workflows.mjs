import { renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { bundleWorkflowCode } from '@temporalio/worker';

const workflowsPath = createRequire(import.meta.url).resolve('../../workflows/index.ts');
const logger = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error };
const { code } = await bundleWorkflowCode({ workflowsPath, logger });
writeFileSync('build/workflows.js.new', code);
renameSync('build/workflows.js.new', 'build/workflows.js');
