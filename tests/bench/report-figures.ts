import { availableParallelism, totalmem } from 'node:os';

export interface Figure {
  id: string;
  value: number;
  /** The promise; `value` must not be above it. Null for figures that explain another. */
  bar: number | null;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
  if (value === undefined) throw new Error('there is nothing to take a quantile of');
  return value;
}

/** Prints the figures for docs/measurements.md and, as the last line, the JSON object; ends with 1 when a bar is missed. */
export function reportFigures(name: string, figures: readonly Figure[]): never {
  const judged = figures.map((figure) => ({ ...figure, ok: figure.bar === null || figure.value <= figure.bar }));
  const date = new Date().toISOString().slice(0, 10);
  console.log(
    `${name}, ${date}, ${String(availableParallelism())} cores, ${String(Math.round(totalmem() / 2 ** 30))} GiB`,
  );
  for (const { id, value, bar, ok } of judged) {
    console.log(`  ${id}: ${value.toFixed(3)}${bar === null ? '' : ` (bar ${String(bar)}${ok ? '' : ', MISSED'})`}`);
  }
  console.log(JSON.stringify({ name, figures: judged }));
  process.exit(judged.every((figure) => figure.ok) ? 0 : 1);
}
