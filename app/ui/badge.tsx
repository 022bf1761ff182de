import { Icon, type IconName } from './icon.tsx';

export type Tone = 'good' | 'change' | 'bad' | 'active' | 'odd' | 'quiet';

const TONES: Record<Tone, string> = {
  good: 'bg-good-soft text-good',
  change: 'bg-change-soft text-change',
  bad: 'bg-bad-soft text-bad',
  active: 'bg-active-soft text-active',
  odd: 'bg-odd-soft text-odd',
  quiet: 'bg-quiet-soft text-quiet',
};

export const TONE_TEXT: Record<Tone, string> = {
  good: 'text-good',
  change: 'text-change',
  bad: 'text-bad',
  active: 'text-active',
  odd: 'text-odd',
  quiet: 'text-quiet',
};

export interface Look {
  word: string;
  icon: IconName;
  tone: Tone;
}

/** A state: icon, word and colour together. */
export function Badge({ look, title }: { look: Look; title?: string | undefined }) {
  return (
    <span
      title={title}
      className={`inline-flex h-5.5 items-center gap-1 rounded-full px-2 text-xs font-medium whitespace-nowrap ${TONES[look.tone]}`}
    >
      <Icon name={look.icon} size={12} />
      {look.word}
    </span>
  );
}

/** The same without the pill, for dense tables. */
export function StateWord({ look }: { look: Look }) {
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${TONE_TEXT[look.tone]}`}>
      <Icon name={look.icon} size={14} />
      {look.word}
    </span>
  );
}
