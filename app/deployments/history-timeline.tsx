import type { DeploymentHistory, HistoryEntry } from '#common/contracts/deployments.ts';
import { clockTime, absoluteTime, duration } from '../format/time.ts';
import { StateWord, type Look } from '../ui/badge.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';

const KIND_ICONS: Record<HistoryEntry['kind'], IconName> = {
  workflow: 'play',
  activity: 'bolt',
  timer: 'clock',
  signal: 'user',
  update: 'user',
  child: 'rocket',
  other: 'dot',
};

const STATE_LOOKS: Record<HistoryEntry['state'], Look> = {
  started: { word: 'Started', icon: 'play', tone: 'quiet' },
  running: { word: 'Running', icon: 'spinner', tone: 'active' },
  completed: { word: 'Completed', icon: 'check', tone: 'good' },
  failed: { word: 'Failed', icon: 'cross', tone: 'bad' },
  cancelled: { word: 'Cancelled', icon: 'stop', tone: 'quiet' },
  timed_out: { word: 'Timed out', icon: 'clock', tone: 'bad' },
  info: { word: 'Recorded', icon: 'info', tone: 'quiet' },
};

/** The workflow's history for people: activities with attempts, timers, signals; and the way into Temporal's own page. */
export function HistoryTimeline({
  history,
  mayOpenTemporal,
}: {
  history: DeploymentHistory;
  mayOpenTemporal: boolean;
}) {
  // A path on this origin, and nothing else: the address comes with data.
  const url = /^\/temporal\/[^\\]*$/.test(history.temporalUrl) ? history.temporalUrl : null;
  return (
    <div className="h-full overflow-y-auto p-4" tabIndex={0} role="region" aria-label="History of the workflow">
      <div className="mb-4 flex flex-wrap items-center justify-between gap-2 text-sm">
        <p className="text-muted">
          Workflow <code className="font-mono text-xs break-all text-text">{history.workflowId}</code> ·{' '}
          {history.state.toLowerCase()}
        </p>
        {url && mayOpenTemporal ? (
          <a
            href={url}
            target="_blank"
            rel="noreferrer"
            className="inline-flex min-h-6 items-center gap-1.5 text-accent hover:underline"
          >
            Open in Temporal <Icon name="external" size={12} />
          </a>
        ) : null}
      </div>
      <ol className="relative grid gap-4 before:absolute before:inset-y-2 before:left-[0.6875rem] before:w-px before:bg-line">
        {history.entries.map((entry) => (
          <li key={entry.id} className="relative grid grid-cols-[1.4375rem_minmax(0,1fr)] gap-3">
            <span className="z-[1] grid size-6 place-items-center rounded-full border border-line bg-surface text-muted">
              <Icon name={KIND_ICONS[entry.kind]} size={12} />
            </span>
            <div className="text-sm">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
                <span className="font-medium">{entry.title}</span>
                <StateWord look={STATE_LOOKS[entry.state]} />
                {entry.attempt !== null && entry.attempt > 1 ? (
                  <span className="text-change">attempt {entry.attempt}</span>
                ) : null}
                {entry.durationMs === null ? null : <span className="text-muted">{duration(entry.durationMs)}</span>}
                <time dateTime={entry.at} title={absoluteTime(entry.at)} className="ml-auto text-xs text-muted">
                  {clockTime(entry.at)} UTC
                </time>
              </div>
              {entry.detail ? <p className="mt-0.5 text-xs break-words text-muted">{entry.detail}</p> : null}
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}
