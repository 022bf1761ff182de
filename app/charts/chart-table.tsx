import { absoluteTime } from '../format/time.ts';
import type { Series } from './series.ts';
import type { Unit } from './unit.ts';

/** The same numbers as a table, newest first. */
export function ChartTable({
  title,
  t,
  series,
  unit,
}: {
  title: string;
  t: readonly number[];
  series: readonly Series[];
  unit: Unit;
}) {
  const order = t.map((_, index) => index).reverse();
  return (
    <div
      className="mt-1 h-52 overflow-auto border-t border-line"
      tabIndex={0}
      role="region"
      aria-label={`Table of ${title}`}
    >
      <table className="w-full text-left text-xs">
        <thead className="sticky top-0 bg-surface text-muted">
          <tr>
            <th scope="col" className="px-4 py-1 font-medium">
              Time (UTC)
            </th>
            {series.map((one) => (
              <th key={one.key} scope="col" className="px-3 py-1 text-right font-medium">
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {order.map((index) => (
            <tr key={t[index]}>
              <th scope="row" className="px-4 py-1 font-normal whitespace-nowrap">
                {absoluteTime(t[index] ?? 0).replace(' UTC', '')}
              </th>
              {series.map((one) => {
                const value = one.values[index];
                return (
                  <td key={one.key} className="px-3 py-1 text-right whitespace-nowrap">
                    {value === null || value === undefined ? (
                      <span className="text-muted">no data</span>
                    ) : (
                      unit.say(value)
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
