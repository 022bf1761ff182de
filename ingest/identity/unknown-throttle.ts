/** Lookups of unknown ids that one address may cause in a minute. A whole site behind one address needs few. */
const MAX_PER_MINUTE = 120;
const MAX_ADDRESSES = 50_000;

/**
 * Counts, per address, the lookups that ended with an unknown id. Only ids that must be looked up are held back, so that a
 * stranger behind the same address never stops servers that are known.
 */
export class UnknownThrottle {
  private windowStartedAt = 0;
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly maxPerMinute = MAX_PER_MINUTE,
    private readonly now: () => number = Date.now,
  ) {}

  /** Seconds to wait, or undefined when this address may ask. */
  waitSeconds(address: string): number | undefined {
    this.turn();
    if ((this.counts.get(address) ?? 0) < this.maxPerMinute) return undefined;
    return Math.max(1, Math.ceil((this.windowStartedAt + 60_000 - this.now()) / 1000));
  }

  countUnknown(address: string): void {
    this.turn();
    if (this.counts.size >= MAX_ADDRESSES && !this.counts.has(address)) return;
    this.counts.set(address, (this.counts.get(address) ?? 0) + 1);
  }

  private turn(): void {
    if (this.now() - this.windowStartedAt < 60_000) return;
    this.windowStartedAt = this.now();
    this.counts.clear();
  }
}
