/** Numbers that pino gives its levels. */
const WARN = 40;
const ERROR = 50;
/** Temporal's library warns of what is so on purpose: one worker decides, the other acts. */
const NO_NEWS = /^No (?:activities|workflows) registered/;

export interface Notable {
  level: 'warning' | 'error';
  text: string;
}

/**
 * What of a part's log a person at the terminal should see: warnings and errors of our own parts, errors of the engines.
 * Undefined for everything else; the file has it all.
 */
export function findNotable(part: string, line: string): Notable | undefined {
  if (line.startsWith('{')) return fromJson(part, line);
  if (part === 'postgres') {
    const match = /\b(FATAL|PANIC):\s+(.*)$/.exec(line);
    return match && !/starting up|shutting down|terminating/.test(line)
      ? { level: 'error', text: match[2] ?? '' }
      : undefined;
  }
  if (part === 'valkey') {
    const match = /^\d+:\S+ .*? # (.*)$/.exec(line);
    // What the server says at each start about the kernel it found is no news.
    return match && !line.includes('overcommit') && /error|fail|can't|denied/i.test(line)
      ? { level: 'warning', text: match[1] ?? '' }
      : undefined;
  }
  return /^(\w*Error\b|Uncaught|node:internal)/.test(line) ? { level: 'error', text: line } : undefined;
}

function fromJson(part: string, line: string): Notable | undefined {
  let record: { level?: unknown; msg?: unknown; err?: { message?: unknown }; error?: unknown };
  try {
    record = JSON.parse(line) as typeof record;
  } catch {
    return undefined;
  }
  const { level, msg } = record;
  const cause = record.err?.message ?? record.error;
  const text = [msg, cause].filter((piece) => typeof piece === 'string' && piece !== '').join(': ');
  if (typeof level === 'number') {
    if (level < WARN || NO_NEWS.test(text)) return undefined;
    return { level: level >= ERROR ? 'error' : 'warning', text };
  }
  // Temporal and Caddy; Temporal calls many passing states errors.
  if (part === 'temporal') return level === 'FATAL' || level === 'fatal' ? { level: 'error', text } : undefined;
  return level === 'error' || level === 'fatal' ? { level: 'error', text } : undefined;
}
