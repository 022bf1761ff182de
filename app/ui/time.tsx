import { absoluteTime, relativeTime } from '../format/time.ts';
import { useNow } from './use-now.ts';

/**
 * An instant: how long ago, with the absolute time and its zone on hover. Server and first render show the absolute time, so
 * both agree whatever the zone and the second.
 */
export function Time({ at, absolute = false, className }: { at: string; absolute?: boolean; className?: string }) {
  const now = useNow();
  const whole = absoluteTime(at);
  const text = now === null || absolute ? whole : relativeTime(at, now);
  return (
    <time dateTime={at} title={whole} className={`whitespace-nowrap ${className ?? ''}`}>
      {text}
    </time>
  );
}
