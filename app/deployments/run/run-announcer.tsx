import { useEffect, useState } from 'react';
import { counted } from '../../format/quantity.ts';
import { DEPLOYMENT_LOOKS } from '../deployment-looks.ts';
import type { Run } from './use-run.ts';

/** Says changes of state and new failures to screen readers, politely and not for every host. */
export function RunAnnouncer({ run, total }: { run: Run; total: number }) {
  const bad = run.counts.failed + run.counts.unreachable;
  const text = `${DEPLOYMENT_LOOKS[run.state].word}${bad > 0 ? `, ${counted(bad, 'host')} of ${total} failed` : ''}`;
  const [said, setSaid] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => {
      setSaid(text);
    }, 1_000);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  return (
    <p role="status" className="sr-only">
      {said}
    </p>
  );
}
