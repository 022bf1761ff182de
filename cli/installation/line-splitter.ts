import type { Readable } from 'node:stream';

/** Calls `onLine` for every line of a text stream; a last line without end counts, and endless lines are cut into pieces. */
export function splitLines(stream: Readable, onLine: (line: string) => void, maxChars = 65_536): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (data: string) => {
    const lines = (rest + data).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxChars) {
      lines.push(rest);
      rest = '';
    }
    for (const line of lines) if (line !== '') onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
    rest = '';
  });
}
