import type { HostCounts, HostState } from '#common/domain/states.ts';
import { count } from '../format/quantity.ts';
import { TONE_TEXT, type Tone } from '../ui/badge.tsx';
import { Icon } from '../ui/icon.tsx';
import { HOST_LOOKS, HOST_STATES_BY_TROUBLE } from './deployment-looks.ts';

const FILL: Record<Tone, string> = {
  good: 'bg-good',
  change: 'bg-change',
  bad: 'bg-bad',
  active: 'bg-active',
  odd: 'bg-odd',
  quiet: 'bg-line',
};
/** From ended well to not begun, so that the bar fills from the left. */
const ORDER: readonly HostState[] = [
  'ok',
  'changed',
  'skipped',
  'failed',
  'unreachable',
  'unknown',
  'interrupted',
  'running',
  'pending',
];

/** How far a run is: one bar whose parts are the hosts' states. The words stand beside it. */
export function CountsBar({ counts, total }: { counts: HostCounts; total: number }) {
  const ended = total - counts.pending - counts.running - counts.interrupted;
  return (
    <div
      role="progressbar"
      aria-label="Hosts done"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={ended}
      aria-valuetext={`${count(ended)} of ${count(total)} hosts done`}
      className="flex h-2 w-full gap-px overflow-hidden rounded-full bg-hover"
    >
      {ORDER.filter((state) => counts[state] > 0).map((state) => (
        <span
          key={state}
          className={`h-full ${FILL[HOST_LOOKS[state].tone]} ${state === 'running' ? 'animate-[pulse-soft_1.4s_ease-in-out_infinite]' : ''} ${HOST_LOOKS[state].tone === 'bad' ? 'hatched' : ''}`}
          style={{ width: `${(100 * counts[state]) / Math.max(1, total)}%` }}
        />
      ))}
    </div>
  );
}

/** The counts in words, those of trouble first; zero is left out. */
export function CountsWords({ counts }: { counts: HostCounts }) {
  return (
    <span className="inline-flex flex-wrap gap-x-3 gap-y-0.5">
      {HOST_STATES_BY_TROUBLE.filter((state) => counts[state] > 0).map((state) => (
        <span
          key={state}
          className={`inline-flex items-center gap-1 whitespace-nowrap ${TONE_TEXT[HOST_LOOKS[state].tone]}`}
        >
          <Icon name={HOST_LOOKS[state].icon === 'spinner' ? 'play' : HOST_LOOKS[state].icon} size={12} />
          {count(counts[state])} {HOST_LOOKS[state].word.toLowerCase()}
        </span>
      ))}
    </span>
  );
}
