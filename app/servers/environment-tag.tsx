import type { Environment } from '#common/contracts/servers.ts';

/** A small label. */
export function Tag({ word, tone = 'quiet' }: { word: string; tone?: 'quiet' | 'odd' | 'active' }) {
  const tones = {
    quiet: 'border-line text-muted',
    odd: 'border-odd/40 text-odd',
    active: 'border-active/40 text-active',
  };
  return (
    <span
      className={`inline-block max-w-40 shrink-0 truncate rounded-sm border px-1.5 text-xs leading-4.5 ${tones[tone]}`}
    >
      {word}
    </span>
  );
}

/** Marks production and staging; other needs no mark. */
export function EnvironmentTag({ environment }: { environment: Environment }) {
  if (environment === 'other') return null;
  return environment === 'production' ? <Tag word="Production" tone="odd" /> : <Tag word="Staging" tone="active" />;
}
