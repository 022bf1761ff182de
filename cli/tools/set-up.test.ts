import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HERE = new URL('.', import.meta.url);

/** Runs code of cli/tools in a process of its own, as the starter does. */
function run(code: string, env: Record<string, string> = {}): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      cwd: HERE,
      env: { PATH: process.env.PATH, ...env } as unknown as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
    child.on('close', (status) => {
      resolve({ status, output: output.trim() });
    });
  });
}

describe('the set-up', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'set-up-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['20.18.3', false],
    ['20.19.0', true],
    ['22.0.0', true],
    ['18.20.0', false],
  ])('takes Node %s: %s', async (version, isTaken) => {
    const code = `import { requireNode } from './requirements.mjs'; try { requireNode('${version}'); console.log('taken'); } catch (e) { console.log(e.message); }`;
    const { output } = await run(code);
    if (isTaken) expect(output).toBe('taken');
    else
      expect(output).toBe(
        `Node ${version} is too old: install Node 20.19 or later (https://nodejs.org) and start again.`,
      );
  });

  it('says how to get Python where there is none', async () => {
    const code = `import { requirePython } from './requirements.mjs'; try { requirePython(); } catch (e) { console.log(e.message); }`;
    expect((await run(code, { PATH: folder })).output).toMatch(/^Python was not found: install Python 3\.11 or later/);
  });

  it('takes secrets out of the environment that others see', async () => {
    const code = `import { takeSecrets } from './take-secrets.mjs'; import { readFileSync } from 'node:fs';
      const taken = takeSecrets();
      const seen = readFileSync('/proc/self/environ', 'latin1');
      console.log(JSON.stringify([taken, process.env.ADMIRAL_MASTER_KEY ?? null, seen.includes('the-key'), seen.includes('KEEP=kept')]));`;
    const env = { MY_ADMIRAL_MASTER_KEY: 'other', ADMIRAL_MASTER_KEY: 'the-key', KEEP: 'kept' };
    expect(JSON.parse((await run(code, env)).output)).toEqual([{ ADMIRAL_MASTER_KEY: 'the-key' }, null, false, true]);
  });

  it('notices a change of sources, and none of tests', async () => {
    const code = `import { fingerprint } from './fingerprint.mjs'; console.log(fingerprint('${folder}', ['src', 'missing']));`;
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src', 'a.ts'), '1');
    const first = await run(code);
    writeFileSync(join(folder, 'src', 'a.test.ts'), '1');
    expect(await run(code)).toEqual(first);
    writeFileSync(join(folder, 'src', 'a.ts'), '2');
    expect((await run(code)).output).not.toBe(first.output);
  });

  it('is done by one process at a time, also after one was killed in the middle', async () => {
    const log = join(folder, 'log');
    const lock = join(folder, 'lock');
    const work = (more: string) =>
      `import { withFolderLock } from './folder-lock.mjs'; import { appendFileSync } from 'node:fs';
       for (let n = 0; n < 20; n += 1) await withFolderLock('${lock}', () => {}, async () => {
         appendFileSync('${log}', '<'); ${more}; await new Promise((r) => setTimeout(r, 1)); appendFileSync('${log}', '>'); });`;
    await run(work(`process.kill(process.pid, 'SIGKILL')`));
    expect(readFileSync(log, 'utf8')).toBe('<');
    const outcomes = await Promise.all([run(work('')), run(work('')), run(work(''))]);
    expect(outcomes.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect(readFileSync(log, 'utf8')).toBe(`<${'<>'.repeat(60)}`);
  });
});
