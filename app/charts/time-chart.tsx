import { useId, useState } from 'react';
import { absoluteTime, clockTime } from '../format/time.ts';
import { Button } from '../ui/button.tsx';
import { ChartPlot } from './chart-plot.tsx';
import { ChartTable } from './chart-table.tsx';
import { useCrosshair } from './crosshair.tsx';
import { lineLook } from './line-looks.ts';
import { nearestIndex, summarise, toCsv, type Series } from './series.ts';
import type { Unit } from './unit.ts';

export interface TimeChartProps {
  title: string;
  /** Epoch ms, ascending. */
  t: readonly number[];
  from: number;
  to: number;
  series: readonly Series[];
  unit: Unit;
  /** A fixed line such as the total, which the axis reaches. */
  ceiling?: number | null;
  /** Name of the file that the CSV is saved as. */
  fileName: string;
}

/** One chart: what the lines are at the cursor (or now), the lines, the table, and the numbers to take away. */
export function TimeChart(props: TimeChartProps) {
  const { title, t, series, unit, fileName } = props;
  const id = useId();
  const [isTable, setTable] = useState(false);
  const [at] = useCrosshair();
  const index = at === null ? -1 : nearestIndex(t, at);
  const first = series[0];
  const summary = first ? summarise(t, first.values) : null;
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col rounded-lg border border-line bg-surface pb-1.5">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 pt-2.5">
        <h2 id={id} className="text-sm font-semibold">
          {title}
        </h2>
        {index !== -1 ? (
          <p className="text-xs font-medium">{clockTime(t[index] ?? 0)} UTC</p>
        ) : summary ? (
          <p className="text-xs text-muted">
            average {unit.say(summary.average)} · highest {unit.say(summary.highest)}
            <span className="sr-only"> at {absoluteTime(summary.highestAt)}</span>
          </p>
        ) : null}
        <div className="ml-auto flex">
          <Button
            look="quiet"
            className="min-h-7! px-2! text-xs! text-muted"
            aria-pressed={isTable}
            onClick={() => {
              setTable(!isTable);
            }}
          >
            {isTable ? 'Chart' : 'Table'}
          </Button>
          <Button
            look="quiet"
            className="min-h-7! px-2! text-xs! text-muted"
            onClick={() => {
              saveText(`${fileName}.csv`, toCsv(t, series));
            }}
          >
            CSV
          </Button>
        </div>
      </header>
      <ul className="flex min-h-6 flex-wrap gap-x-4 gap-y-0.5 px-4 text-xs" aria-label={`Lines of ${title}`}>
        {series.map((one, number) => {
          const value = index === -1 ? summarise(t, one.values)?.newest : one.values[index];
          return (
            <li key={one.key} className="inline-flex items-center gap-1.5">
              <svg width="18" height="8" aria-hidden="true">
                <line
                  x1="0"
                  x2="18"
                  y1="4"
                  y2="4"
                  strokeWidth="2"
                  stroke={lineLook(number).stroke}
                  strokeDasharray={lineLook(number).dash}
                />
              </svg>
              <span className="text-muted">{one.label}</span>
              <span className="font-medium">{value === null || value === undefined ? '—' : unit.say(value)}</span>
            </li>
          );
        })}
      </ul>
      {summary === null ? (
        <p className="grid h-52 place-items-center px-4 text-sm text-muted">Nothing was reported in this time.</p>
      ) : isTable ? (
        <ChartTable title={title} t={t} series={series} unit={unit} />
      ) : (
        <ChartPlot {...props} />
      )}
    </section>
  );
}

/** Saves text as a file of the person's own. */
function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 1_000);
}
