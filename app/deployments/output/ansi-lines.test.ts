import { describe, expect, it } from '@jest/globals';
import { AnsiLines, type OutputLine } from './ansi-lines.ts';

const ESC = '\u001b';
const BEL = '\u0007';
const linesOf = (...chunks: string[]): OutputLine[] => {
  const parser = new AnsiLines();
  return chunks.flatMap((chunk) => parser.feed(chunk));
};
const textsOf = (...chunks: string[]) => linesOf(...chunks).map((line) => line.text);

describe('output of a run as lines', () => {
  it('keeps colours and weights, and ends them', () => {
    const [line] = linesOf(`${ESC}[0;31mfatal${ESC}[0m: ${ESC}[1;92mbright${ESC}[22;39m plain\n`);
    expect(line?.text).toBe('fatal: bright plain');
    expect(line?.spans.map((span) => [span.text, span.style.colour, span.style.isBold])).toEqual([
      ['fatal', 1, false],
      [': ', null, false],
      ['bright', 10, true],
      [' plain', null, false],
    ]);
  });

  it('reads the same whatever the cuts between chunks', () => {
    const text = `a${ESC}[0;33mchanged${ESC}]8;;https://x.example${ESC}\\link${ESC}]8;;${BEL}\r\nnext${ESC}[m\n`;
    const whole = linesOf(text);
    for (let cut = 1; cut < text.length; cut += 1) expect(linesOf(text.slice(0, cut), text.slice(cut))).toEqual(whole);
    expect(linesOf(...Array.from({ length: text.length }, (_, at) => text.charAt(at)))).toEqual(whole);
  });

  it('drops titles, links, cursor movements and device strings', () => {
    expect(textsOf(`${ESC}]0;title${BEL}a${ESC}[2J${ESC}[10;10Hb${ESC}]8;;javascript:alert(1)${ESC}\\c\n`)).toEqual([
      'abc',
    ]);
    expect(textsOf(`x${ESC}P1$r secret${ESC}\\y${ESC}_apc${ESC}\\z${ESC}(B!\n`)).toEqual(['xyz!']);
    expect(textsOf('a\u009b31mb\u009d0;title\u009cc\u0000\u0008\n')).toEqual(['abc']);
  });

  it('does not let an unfinished sequence swallow what follows its line', () => {
    expect(textsOf(`a${ESC}]0;never ends\nb${ESC}[31\nc\n`)).toEqual(['a', 'b', 'c']);
  });

  it('leaves markup as the text it is', () => {
    expect(textsOf('<img src=x onerror=alert(1)>&amp;\n')).toEqual(['<img src=x onerror=alert(1)>&amp;']);
  });

  it('makes direction marks visible', () => {
    expect(textsOf('safe\u202Etxt.exe\n')).toEqual(['safe\ufffdtxt.exe']);
  });

  it('replaces a line after a lone carriage return, and takes CRLF as one end of line', () => {
    expect(textsOf('10 %\r50 %\r100 %\r\nnext\r\n')).toEqual(['100 %', 'next']);
  });

  it('cuts endless lines', () => {
    const [line] = linesOf(`${'x'.repeat(100_000)}\n`);
    expect(line?.text.length).toBeLessThan(8_100);
    expect(line?.text).toContain('(line cut)');
  });

  it('ignores colours beyond the 16 and their parameters', () => {
    const [line] = linesOf(`${ESC}[38;2;1;2;31mA${ESC}[38;5;200mB${ESC}[38;5;9mC${ESC}[48;5;1mD\n`);
    expect(line?.spans.map((span) => span.style.colour)).toEqual([null, null, 9, 9]);
    expect(line?.text).toBe('ABCD');
  });

  it('shows the line that is not complete', () => {
    const parser = new AnsiLines();
    parser.feed(`done\n${ESC}[32mok: [web`);
    expect(parser.partial().text).toBe('ok: [web');
  });
});
