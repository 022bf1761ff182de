import type { OutputChunk } from '#common/contracts/deployments.ts';
import { AnsiLines, type OutputLine } from './ansi-lines.ts';

/** Lines kept in the browser; older ones go first. */
const MAX_LINES = 200_000;

/** The output of a run as lines. `version` changes with every batch. */
export class OutputBuffer {
  lines: OutputLine[] = [];
  /** How many lines were dropped at the beginning. */
  dropped = 0;
  version = 0;
  private readonly parser = new AnsiLines();
  private hasPartial = false;

  append(chunks: readonly OutputChunk[]): void {
    if (this.hasPartial) this.lines.pop();
    for (const { chunk } of chunks) for (const line of this.parser.feed(chunk)) this.lines.push(line);
    const partial = this.parser.partial();
    this.hasPartial = partial.text !== '';
    if (this.hasPartial) this.lines.push(partial);
    if (this.lines.length > MAX_LINES) {
      const surplus = this.lines.length - MAX_LINES;
      this.lines = this.lines.slice(surplus);
      this.dropped += surplus;
    }
    this.version += 1;
  }

  /** Indexes of the lines that hold `needle`, whatever the case. */
  find(needle: string): number[] {
    const low = needle.toLowerCase();
    if (low === '') return [];
    const found: number[] = [];
    this.lines.forEach((line, index) => {
      if (line.text.toLowerCase().includes(low)) found.push(index);
    });
    return found;
  }
}
