import { describe, expect, it } from '@jest/globals';
import { OutputBuffer } from './output-buffer.ts';

const ID = '01a20bd2-677a-74f8-a986-82f7326ba146';
const chunk = (sequence: number, text: string) => ({ sequence, at: '2026-01-01T00:00:00.000Z', chunk: text });

describe('the output that a page keeps', () => {
  it('shows the line that is not complete, and completes it', () => {
    const output = new OutputBuffer();
    output.append([chunk(1, 'TASK [a]\nok: [we')]);
    expect(output.lines.map((line) => line.text)).toEqual(['TASK [a]', 'ok: [we']);
    output.append([chunk(2, 'b-01]\n')]);
    expect(output.lines.map((line) => line.text)).toEqual(['TASK [a]', 'ok: [web-01]']);
  });

  it('calls hosts by their names, and leaves other ids', () => {
    const output = new OutputBuffer(new Map([[ID, 'web-01']]));
    const other = ID.replace('01a2', 'ffff');
    output.append([chunk(1, `ok: [${ID}] ${other}\n`)]);
    expect(output.lines[0]?.text).toBe(`ok: [web-01] ${other}`);
  });

  it('finds lines whatever the case', () => {
    const output = new OutputBuffer();
    output.append([chunk(1, 'Alpha\nbeta\nALPHA beta\n')]);
    expect(output.find('alpha')).toEqual([0, 2]);
    expect(output.find('')).toEqual([]);
  });

  it('drops the oldest lines beyond its limit and counts them', () => {
    const output = new OutputBuffer();
    output.append([chunk(1, 'x\n'.repeat(200_010))]);
    expect([output.lines.length, output.dropped]).toEqual([200_000, 10]);
  });
});
