import type { OutputLine, TextStyle } from './ansi-lines.ts';

/** Tokens for the 16 colours, all readable on the output's ground. */
const COLOURS = [
  'text-muted', 'text-bad', 'text-good', 'text-change', 'text-active', 'text-odd', 'text-series-3', 'text-text',
  'text-muted', 'text-bad', 'text-good', 'text-change', 'text-active', 'text-odd', 'text-series-3', 'text-text',
] as const; // prettier-ignore

function classOf(style: TextStyle): string {
  return [
    style.colour === null ? '' : (COLOURS[style.colour] ?? ''),
    style.isBold ? 'font-semibold' : '',
    style.isDim ? 'text-muted' : '',
    style.isItalic ? 'italic' : '',
    style.isUnderlined ? 'underline' : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** One line as spans of text: React escapes it, so no markup of a host ever becomes markup of the page. */
export function OutputRow({ line, needle, isCurrent }: { line: OutputLine; needle: string; isCurrent: boolean }) {
  return (
    <span className={isCurrent ? 'bg-accent-soft' : undefined}>
      {line.text === ''
        ? ' '
        : line.spans.map((span, index) => (
            <span key={index} className={classOf(span.style)}>
              <Marked text={span.text} needle={needle} />
            </span>
          ))}
    </span>
  );
}

/** The text with every place of `needle` marked. */
function Marked({ text, needle }: { text: string; needle: string }) {
  if (needle === '') return text;
  const low = text.toLowerCase();
  const parts = [];
  let from = 0;
  for (let at = low.indexOf(needle); at !== -1; at = low.indexOf(needle, from)) {
    parts.push(
      text.slice(from, at),
      <mark key={at} className="rounded-xs bg-mark text-text">
        {text.slice(at, at + needle.length)}
      </mark>,
    );
    from = at + needle.length;
  }
  parts.push(text.slice(from));
  return parts;
}
