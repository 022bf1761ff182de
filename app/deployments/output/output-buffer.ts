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

  /** `names`: what people call the hosts, by the ids under which Ansible knows them. */
  constructor(private readonly names: ReadonlyMap<string, string> = new Map()) {}

  append(chunks: readonly OutputChunk[]): void {
    if (this.hasPartial) this.lines.pop();
    for (const { chunk } of chunks)
      for (const line of this.parser.feed(chunk)) this.lines.push(named(line, this.names));
    const partial = this.parser.partial();
    this.hasPartial = partial.text !== '';
    if (this.hasPartial) this.lines.push(named(partial, this.names));
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

const HOST_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The line with names in the place of host ids. */
function named(line: OutputLine, names: ReadonlyMap<string, string>): OutputLine {
  if (names.size === 0 || line.text.search(HOST_ID) === -1) return line;
  const spans = line.spans.map((span) => ({
    ...span,
    text: span.text.replaceAll(HOST_ID, (id) => names.get(id) ?? id),
  }));
  return { spans, text: spans.map((span) => span.text).join('') };
}
