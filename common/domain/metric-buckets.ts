/** A stretch between two scrapes may be this many usual intervals long; a longer one is a gap. */
const MAX_INTERVALS = 2.5;
/** Neighbours on each side that tell the usual interval at a scrape. */
const NEIGHBOURS = 5;

/** Buckets of a chart: bucket `k` is `[fromMs + k·stepMs, fromMs + (k+1)·stepMs)`. */
export interface Buckets {
  fromMs: number;
  stepMs: number;
  count: number;
}

/**
 * Whether the stretch from scrape `i-1` to scrape `i` is connected. The usual interval is the median of the stretches around,
 * so that it follows an agent whose interval was changed, and a single outage does not look usual.
 * @param at epoch milliseconds, ascending
 */
export function connectedStretches(at: readonly number[]): boolean[] {
  const lengths = at.slice(1).map((time, index) => time - (at[index] ?? time));
  const overall = median(lengths);
  return at.map((time, index) => {
    if (index === 0) return false;
    const around = lengths.slice(Math.max(0, index - 1 - NEIGHBOURS), index + NEIGHBOURS);
    const usual = Math.max(overall, median(around));
    return time - (at[index - 1] ?? time) <= MAX_INTERVALS * usual;
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** Averages values over time into buckets; a bucket that nothing touches is null. */
export class BucketMean {
  private readonly sums: Float64Array;
  private readonly weights: Float64Array;

  constructor(private readonly buckets: Buckets) {
    this.sums = new Float64Array(buckets.count);
    this.weights = new Float64Array(buckets.count);
  }

  /** A line from `fromValue` at `startMs` to `toValue` at `endMs`; a rate over a stretch has the same value at both ends. */
  addStretch(startMs: number, endMs: number, fromValue: number, toValue: number): void {
    const { fromMs, stepMs, count } = this.buckets;
    if (!(endMs > startMs)) return;
    const first = Math.max(0, Math.floor((startMs - fromMs) / stepMs));
    const last = Math.min(count - 1, Math.floor((endMs - 1 - fromMs) / stepMs));
    for (let k = first; k <= last; k += 1) {
      const start = Math.max(startMs, fromMs + k * stepMs);
      const end = Math.min(endMs, fromMs + (k + 1) * stepMs);
      const share = ((start + end) / 2 - startMs) / (endMs - startMs);
      this.add(k, fromValue + (toValue - fromValue) * share, end - start);
    }
  }

  /** One value at one instant: it counts where no stretch does. */
  addPoint(atMs: number, value: number): void {
    const k = Math.floor((atMs - this.buckets.fromMs) / this.buckets.stepMs);
    if (k >= 0 && k < this.buckets.count) this.add(k, value, 0.001);
  }

  /** Mean of each bucket, rounded to `decimals`. */
  means(decimals: number): (number | null)[] {
    const factor = 10 ** decimals;
    return Array.from(this.sums, (sum, k) => {
      const weight = this.weights[k] ?? 0;
      return weight > 0 ? Math.round((sum / weight) * factor) / factor : null;
    });
  }

  private add(k: number, value: number, weight: number): void {
    this.sums[k] = (this.sums[k] ?? 0) + value * weight;
    this.weights[k] = (this.weights[k] ?? 0) + weight;
  }
}
