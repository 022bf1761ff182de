/** One line of a chart; `values` as long as the chart's `t`, null where there is a gap. */
export interface Series {
  key: string;
  label: string;
  values: readonly (number | null)[];
}

/** Index of the entry of `t` (ascending) that is nearest to `at`; -1 when there is none. */
export function nearestIndex(t: readonly number[], at: number): number {
  if (t.length === 0) return -1;
  let low = 0;
  let high = t.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((t[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const before = t[low - 1];
  return before !== undefined && at - before < (t[low] ?? 0) - at ? low - 1 : low;
}

export interface Summary {
  average: number;
  highest: number;
  highestAt: number;
  newest: number;
  newestAt: number;
}

/** Average, highest and newest of what is known; null when nothing is. */
export function summarise(t: readonly number[], values: readonly (number | null)[]): Summary | null {
  let sum = 0;
  let known = 0;
  let summary: Summary | null = null;
  values.forEach((value, index) => {
    const at = t[index];
    if (value === null || at === undefined) return;
    sum += value;
    known += 1;
    const isHighest = summary === null || value > summary.highest;
    summary = {
      average: sum / known,
      highest: isHighest ? value : (summary?.highest ?? value),
      highestAt: isHighest ? at : (summary?.highestAt ?? at),
      newest: value,
      newestAt: at,
    };
  });
  return summary;
}

/** Indexes of points that stand alone between gaps: a line cannot show them, a dot can. */
export function lonePoints(values: readonly (number | null)[]): number[] {
  const isKnown = (index: number) => values[index] !== null && values[index] !== undefined;
  return values.flatMap((_, index) => (isKnown(index) && !isKnown(index - 1) && !isKnown(index + 1) ? [index] : []));
}

/** Highest value of all series; 0 when nothing is known. */
export function highestOf(series: readonly Series[]): number {
  let highest = 0;
  for (const { values } of series) for (const value of values) if (value !== null && value > highest) highest = value;
  return highest;
}

/** Rows of text for a spreadsheet: time in ISO 8601, one column per series, empty where there is a gap. */
export function toCsv(t: readonly number[], series: readonly Series[]): string {
  // A cell that begins so would be read as a formula.
  const cell = (text: string) => `"${(/^[=+\-@]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const head = ['"time"', ...series.map((one) => cell(one.key))].join(',');
  const rows = t.map((at, index) =>
    [new Date(at).toISOString(), ...series.map((one) => String(one.values[index] ?? ''))].join(','),
  );
  return [head, ...rows, ''].join('\r\n');
}
