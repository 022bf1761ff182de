import type { ConnectionReport, ConnectionStep } from '#common/contracts/servers.ts';
import { TONE_TEXT, type Look } from '../ui/badge.tsx';
import { Icon } from '../ui/icon.tsx';

const STEP_WORDS: Record<ConnectionStep['step'], string> = {
  reachable: 'Reachable',
  hostKey: 'Host key',
  authentication: 'Sign-in with the key',
  sudo: 'sudo',
  python: 'Python',
  reachesAdmiral: 'Reaches Admiral',
  facts: 'Facts',
};

const STEP_LOOKS: Record<ConnectionStep['state'], Look> = {
  ok: { word: 'OK', icon: 'check', tone: 'good' },
  warning: { word: 'Look at this', icon: 'alert', tone: 'change' },
  failed: { word: 'Failed', icon: 'cross', tone: 'bad' },
  skipped: { word: 'Not tried', icon: 'skip', tone: 'quiet' },
};

/** The steps of a connection test, each with its own sentence. */
export function ConnectionSteps({ report }: { report: ConnectionReport }) {
  return (
    <ol className="grid gap-2.5">
      {report.steps.map((step) => {
        const look = STEP_LOOKS[step.state];
        return (
          <li key={step.step} className="grid grid-cols-[1rem_minmax(0,1fr)] gap-2.5 text-sm">
            <Icon name={look.icon} className={`mt-0.5 ${TONE_TEXT[look.tone]}`} />
            <div>
              <p className="font-medium">
                {STEP_WORDS[step.step]}
                <span className={`ml-2 text-xs font-normal ${TONE_TEXT[look.tone]}`}>{look.word}</span>
              </p>
              <p className="break-words text-muted">{step.message}</p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
