import { Link } from '@remix-run/react';
import { count } from '../format/quantity.ts';
import { TONE_TEXT, type Look } from '../ui/badge.tsx';
import { Icon } from '../ui/icon.tsx';

/** One number of the overview, with the way to what it counts. Zero is quiet whatever its tone. */
export function Figure({ look, value, to }: { look: Look; value: number; to: string }) {
  return (
    <Link
      to={to}
      className="flex h-full min-w-0 flex-col justify-between gap-0.5 px-3.5 py-3 -outline-offset-2 hover:bg-hover"
    >
      <span
        className={`flex items-start gap-1.5 text-xs leading-4 ${value === 0 ? 'text-muted' : TONE_TEXT[look.tone]}`}
      >
        <Icon name={look.icon === 'spinner' ? 'play' : look.icon} size={12} className="mt-0.5" />
        <span>{look.word}</span>
      </span>
      <span className={`text-xl font-semibold ${value === 0 ? 'text-muted' : ''}`}>{count(value)}</span>
    </Link>
  );
}
