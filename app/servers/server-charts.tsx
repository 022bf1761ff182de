import { Link, useNavigation, useSearchParams } from '@remix-run/react';
import type { MetricSeries, Range } from '#common/contracts/metrics.ts';
import type { Server } from '#common/contracts/servers.ts';
import { CrosshairProvider } from '../charts/crosshair.tsx';
import { TimeChart } from '../charts/time-chart.tsx';
import { chartsFor } from './metric-charts.ts';
import { serverName } from './server-name.ts';

export const RANGE_WORDS: readonly (readonly [Range, string])[] = [
  ['1h', '1 hour'],
  ['6h', '6 hours'],
  ['24h', '24 hours'],
  ['7d', '7 days'],
];

/** A choice among few, kept in the address. */
export function UrlChoice({
  label,
  name,
  options,
  current,
}: {
  label: string;
  name: string;
  options: readonly (readonly [string, string])[];
  current: string;
}) {
  const [params] = useSearchParams();
  return (
    <nav aria-label={label} className="inline-flex overflow-hidden rounded border border-line bg-surface">
      {options.map(([value, word]) => {
        const next = new URLSearchParams(params);
        next.set(name, value);
        return (
          <Link
            key={value}
            to={{ search: next.toString() }}
            replace
            preventScrollReset
            aria-current={value === current ? 'true' : undefined}
            className={`flex min-h-8 items-center border-r border-line px-2.5 text-sm whitespace-nowrap -outline-offset-2 last:border-r-0 ${value === current ? 'bg-accent-soft font-medium text-accent' : 'text-muted hover:bg-hover hover:text-text'}`}
          >
            {word}
          </Link>
        );
      })}
    </nav>
  );
}

/** All charts of a server over one range, with one cursor across them. */
export function ServerCharts({ server, metrics }: { server: Server; metrics: MetricSeries }) {
  const [params] = useSearchParams();
  const isLoading = useNavigation().state === 'loading';
  const hasCpuStates = params.get('cpu') === 'states';
  const [from, to] = [new Date(metrics.from).getTime(), new Date(metrics.to).getTime()];
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <UrlChoice label="Range" name="range" options={RANGE_WORDS} current={metrics.range} />
        <UrlChoice
          label="CPU as"
          name="cpu"
          options={[
            ['total', 'CPU total'],
            ['states', 'by state'],
          ]}
          current={hasCpuStates ? 'states' : 'total'}
        />
      </div>
      <CrosshairProvider>
        <div
          className={`grid grid-cols-[minmax(0,1fr)] gap-4 transition-opacity xl:grid-cols-2 ${isLoading ? 'opacity-60' : ''}`}
        >
          {chartsFor(metrics, hasCpuStates).map((spec) => (
            <TimeChart
              key={spec.title}
              title={spec.title}
              t={metrics.t}
              from={from}
              to={to}
              unit={spec.unit}
              series={spec.lines.flatMap(([key, label]) => {
                const values = metrics.series[key];
                return values ? [{ key, label, values }] : [];
              })}
              ceiling={
                spec.ceiling ? (metrics.series[spec.ceiling]?.findLast((value) => value !== null) ?? null) : null
              }
              fileName={`${serverName(server)}-${spec.id}-${metrics.range}`.replaceAll(/[^\w.-]/g, '_')}
            />
          ))}
        </div>
      </CrosshairProvider>
      <p className="text-xs text-muted">Times are in UTC.</p>
    </div>
  );
}
