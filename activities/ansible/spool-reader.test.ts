import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEvents, readOutput, storable } from './spool-reader.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'admiral-spool-'));
});
afterAll(() => rm(folder, { recursive: true }));

const play = (name: string) => `${JSON.stringify({ kind: 'play', at: 1, name })}\n`;

describe('readEvents', () => {
  it('takes whole lines only, passes over what is no event, and goes on where it stopped', async () => {
    const file = join(folder, 'events');
    await writeFile(file, `${play('a')}{"kind":"play","at":1\n{"kind":"nonsense","at":1}\n${play('b')}{"kind":"pl`);
    const first = await readEvents(file, 0);
    expect(first.events.map((event) => 'name' in event && event.name)).toEqual(['a', 'b']);
    expect(first).toMatchObject({ broken: 2, isFull: false });
    await appendFile(file, 'ay","at":2,"name":"c"}\n');
    const second = await readEvents(file, first.next);
    expect(second.events).toEqual([{ kind: 'play', at: 2, name: 'c' }]);
    expect(await readEvents(file, second.next)).toMatchObject({ events: [], next: second.next });
  });

  it('takes at most 500 events, and a line longer than a batch whole', async () => {
    const file = join(folder, 'many');
    const long = 'x'.repeat(700_000);
    await writeFile(file, play('n').repeat(501) + play(long) + play('end'));
    const seen: number[] = [];
    for (let at = 0, more = true; more;) {
      const { events, next } = await readEvents(file, at);
      if (events.length > 0) seen.push(events.length);
      more = next > at;
      at = next;
    }
    expect(seen[0]).toBe(500);
    expect(seen.reduce((sum, count) => sum + count, 0)).toBe(503);
  });

  it('is empty where there is no file yet', async () => {
    expect(await readEvents(join(folder, 'none'), 0)).toMatchObject({ events: [], next: 0 });
  });
});

describe('readOutput', () => {
  it('holds an unfinished line back until the run has ended', async () => {
    const file = join(folder, 'output');
    await writeFile(file, 'one\ntwo');
    expect(await readOutput(file, 0, false)).toMatchObject({ text: 'one\n', next: 4 });
    expect(await readOutput(file, 4, false)).toMatchObject({ text: '', next: 4 });
    expect(await readOutput(file, 4, true)).toMatchObject({ text: 'two', next: 7 });
  });

  it('cuts an endless line between characters, never within one', async () => {
    const file = join(folder, 'endless');
    const text = `x${'€'.repeat(200_000)}`;
    await writeFile(file, text);
    let whole = '';
    for (let at = 0; ;) {
      const { text: piece, next } = await readOutput(file, at, false);
      if (next === at) break;
      whole += piece;
      at = next;
    }
    expect(text.startsWith(whole)).toBe(true);
    expect(whole.length).toBeGreaterThan(100_000);
    let rest = '';
    for (let at = Buffer.byteLength(whole); ;) {
      const { text: piece, next } = await readOutput(file, at, true);
      if (next === at) break;
      rest += piece;
      at = next;
    }
    expect(whole + rest).toBe(text);
  });
});

it('storable keeps pairs and replaces what Postgres cannot hold', () => {
  expect(storable('a\u0000b\ud83dc😀')).toBe('a\ufffdb\ufffdc😀');
});
