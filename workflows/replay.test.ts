import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { bundleWorkflowCode, Worker, type WorkflowBundle } from '@temporalio/worker';
import { readHistory } from '#tests/support/read-history.ts';

const HISTORIES = fileURLToPath(new URL('./histories/', import.meta.url));
const names = readdirSync(HISTORIES).filter((name) => name.endsWith('.json'));

/** Recorded runs of real installations. A change that breaks one would break every run that is open while Admiral is updated. */
describe('recorded histories', () => {
  let bundle: WorkflowBundle;

  beforeAll(async () => {
    bundle = await bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('./index.ts', import.meta.url)) });
  }, 60_000);

  it('are there', () => {
    expect(names.length).toBeGreaterThan(0);
  });

  it.each(names)('%s replays', async (name) => {
    await Worker.runReplayHistory({ workflowBundle: bundle }, readHistory(HISTORIES + name), name);
  });
});
