import { duration } from '../format/time.ts';
import { Icon } from '../ui/icon.tsx';
import { useNow } from '../ui/use-now.ts';
import { useLineState } from './live-context.tsx';

/** Time that a line may be away before anybody is told. */
const PATIENCE_MS = 4_000;

/** Says that what is shown is no longer live, and how old it is. */
export function ConnectionBanner() {
  const { status, downSince, isPaused } = useLineState();
  const now = useNow() ?? 0;
  const age = downSince === null ? 0 : Math.max(0, now - downSince);
  const isDown = status === 'down' && age >= PATIENCE_MS;
  return (
    <div role="status" aria-live="polite">
      {isDown ? (
        <p className="flex flex-wrap items-center gap-2 border-b border-change/40 bg-change-soft px-4 py-1.5 text-sm sm:px-6">
          <Icon name="offline" size={14} className="text-change" />
          <span>
            The live line is down. What you see is up to <strong>{duration(Math.floor(age / 5000) * 5000)}</strong> old.
            Trying again…
          </span>
        </p>
      ) : isPaused ? (
        <p className="flex items-center gap-2 border-b border-line bg-quiet-soft px-4 py-1.5 text-sm sm:px-6">
          <Icon name="pause" size={14} className="text-muted" /> Live updates are paused. What happens meanwhile is not
          shown.
        </p>
      ) : null}
    </div>
  );
}
