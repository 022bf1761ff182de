import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { splitLines } from './line-splitter.ts';
import { LogFile } from './log-file.ts';
import { findNotable } from './notable-line.ts';

describe('the log of a part', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-file-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is turned over by size, and three files are kept', () => {
    const log = new LogFile(join(folder, 'api.log'), 100);
    for (let n = 0; n < 50; n += 1) log.write(`line ${String(n)} `.padEnd(30, '.'));
    log.close();
    expect(readdirSync(folder).sort()).toEqual(['api.log', 'api.log.1', 'api.log.2']);
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(100);
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    }
    const text = ['api.log.2', 'api.log.1', 'api.log'].map((name) => readFileSync(join(folder, name), 'utf8')).join('');
    expect(text.match(/line \d+/g)?.at(-1)).toBe('line 49');
  });

  it('is split into lines across chunks, and an endless line into pieces', async () => {
    const stream = new PassThrough();
    const lines: string[] = [];
    splitLines(stream, (line) => lines.push(line), 10);
    for (const chunk of ['a\nb', 'c\n\nd'.padEnd(20, 'x'), '\nlast']) stream.write(chunk);
    stream.end();
    await new Promise((resolve) => stream.on('close', resolve));
    expect(lines).toEqual(['a', 'bc', 'd'.padEnd(17, 'x'), 'last']);
  });

  it.each([
    ['api', '{"level":30,"msg":"ready"}', undefined],
    ['api', '{"level":40,"msg":"slow","err":{"message":"why"}}', { level: 'warning', text: 'slow: why' }],
    ['api', '{"level":50,"msg":"broken"}', { level: 'error', text: 'broken' }],
    ['workflow-worker', '{"level":40,"msg":"No activities registered, not polling"}', undefined],
    ['temporal', '{"level":"ERROR","msg":"passing"}', undefined],
    [
      'caddy',
      '{"level":"error","msg":"no upstream","error":"refused"}',
      { level: 'error', text: 'no upstream: refused' },
    ],
    ['postgres', '2026-01-01 UTC [1] LOG:  checkpoint', undefined],
    ['postgres', '2026-01-01 UTC [1] FATAL:  no space left', { level: 'error', text: 'no space left' }],
    ['postgres', '2026-01-01 UTC [1] FATAL:  the database system is starting up', undefined],
    ['valkey', '1:M 24 Nov 2026 03:40:40.125 # WARNING overcommit_memory error', undefined],
    ['valkey', "1:M 24 Nov 2026 03:40:40.125 # Can't save", { level: 'warning', text: "Can't save" }],
    ['app', 'TypeError: x is not a function', { level: 'error', text: 'TypeError: x is not a function' }],
    ['app', '{broken', undefined],
  ])('of %s: %s is shown as %j', (part, line, notable) => {
    expect(findNotable(part, line)).toEqual(notable);
  });
});
