import type { RunEvent } from '#common/contracts/run-events.ts';

const WIDTH = 79;

/** What Ansible would have printed for these events, with the instant of each piece. */
export function writeOutput(
  events: readonly RunEvent[],
  nameOf: (host: string) => string,
): { atMs: number; text: string }[] {
  const recap: string[] = [];
  const pieces = events.flatMap((event) => {
    const text = lineOf(event, nameOf, recap);
    return text === '' ? [] : [{ atMs: event.at, text }];
  });
  const last = events.at(-1);
  if (recap.length > 0 && last) pieces.push({ atMs: last.at, text: `\n${headline('PLAY RECAP')}${recap.join('')}` });
  return pieces;
}

function lineOf(event: RunEvent, nameOf: (host: string) => string, recap: string[]): string {
  switch (event.kind) {
    case 'play':
      return `\n${headline(`PLAY [${event.name}]`)}`;
    case 'task':
      return `\n${headline(`TASK [${event.name}]`)}`;
    case 'ok':
      return `${event.changed ? 'changed' : 'ok'}: [${nameOf(event.host)}]\n`;
    case 'failed':
      return `fatal: [${nameOf(event.host)}]: FAILED! => ${JSON.stringify({ changed: false, msg: event.message })}\n`;
    case 'unreachable':
      return `fatal: [${nameOf(event.host)}]: UNREACHABLE! => ${JSON.stringify({ msg: event.message, unreachable: true })}\n`;
    case 'summary': {
      const { ok, changed, unreachable, failures, skipped, rescued, ignored } = event.counts;
      const counts = { ok, changed, unreachable, failed: failures, skipped, rescued, ignored };
      const words = Object.entries(counts).map(([name, count]) => `${name}=${String(count).padEnd(4)}`);
      recap.push(`${nameOf(event.host).padEnd(26)} : ${words.join(' ')}\n`);
      return '';
    }
    default:
      return '';
  }
}

function headline(text: string): string {
  return `${text} ${'*'.repeat(Math.max(3, WIDTH - text.length))}\n`;
}
