/** One page of items in order, and the sequence to go on from. */
export interface Slice<T> {
  items: T[];
  next: number;
}

/**
 * Items with sequence numbers from two sources: pushed by the live line, and pulled over HTTP where the line left a gap. Each item is
 * handed on once, in order, whatever the sources repeat, skip or delay.
 */
export class SequenceFeed<T extends { sequence: number }> {
  private last: number;
  private pulling: Promise<void> | undefined;
  private isStopped = false;
  private waiting: T[] = [];

  constructor(
    /** Sequence after which to begin. */
    after: number,
    private readonly pull: (after: number) => Promise<Slice<T> | undefined>,
    private readonly onItems: (items: T[]) => void,
  ) {
    this.last = after;
  }

  get lastSequence(): number {
    return this.last;
  }

  /** Takes what the live line brought; a gap before it is pulled first. */
  push(items: readonly T[]): void {
    if (this.isStopped || items.length === 0) return;
    if (this.pulling) {
      this.waiting.push(...items);
      return;
    }
    const fresh = items.filter((item) => item.sequence > this.last);
    const first = fresh[0];
    if (!first) return;
    if (first.sequence > this.last + 1) {
      this.waiting.push(...fresh);
      void this.catchUp();
    } else this.take(fresh);
  }

  /** Pulls until nothing is left. Resolves when done, also when the source did not answer. */
  catchUp(): Promise<void> {
    this.pulling ??= this.pullAll().finally(() => {
      this.pulling = undefined;
      const waiting = this.waiting.filter((item) => item.sequence > this.last).sort((a, b) => a.sequence - b.sequence);
      this.waiting = [];
      // What was pulled is the truth: a number that is still missing does not exist.
      this.take(waiting);
    });
    return this.pulling;
  }

  stop(): void {
    this.isStopped = true;
  }

  private async pullAll(): Promise<void> {
    while (!this.isStopped) {
      const slice = await this.pull(this.last);
      if (!slice || slice.items.length === 0) return;
      this.take(slice.items);
      this.last = Math.max(this.last, slice.next);
    }
  }

  private take(items: T[]): void {
    if (this.isStopped) return;
    const fresh = items.filter((item) => item.sequence > this.last);
    const end = fresh.at(-1);
    if (!end) return;
    this.last = end.sequence;
    this.onItems(fresh);
  }
}
