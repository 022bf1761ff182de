import { percent } from '../format/quantity.ts';

/** From here on a use of CPU, memory or disk is shown as high. */
const HIGH = 90;

/** A use in percent as a number with a small bar; an em dash where nothing is known. */
export function Meter({
  value,
  label,
  alignsLeft = false,
}: {
  value: number | null;
  label: string;
  alignsLeft?: boolean;
}) {
  if (value === null) {
    return (
      <span className="text-muted">
        <span aria-hidden="true">—</span>
        <span className="sr-only">{label} not known</span>
      </span>
    );
  }
  const isHigh = value >= HIGH;
  return (
    <span className="inline-flex items-center gap-2" title={label}>
      <span className={`${alignsLeft ? '' : 'w-11 text-right'} ${isHigh ? 'font-semibold text-bad' : ''}`}>
        {percent(value)}
      </span>
      <span aria-hidden="true" className="hidden h-1.5 w-10 overflow-hidden rounded-full bg-hover xl:block">
        <span
          className={`block h-full rounded-full ${isHigh ? 'bg-bad' : 'bg-series-1'}`}
          style={{ width: `${Math.min(100, Math.max(0, value))}%` }}
        />
      </span>
      {isHigh ? <span className="sr-only">high</span> : null}
    </span>
  );
}
