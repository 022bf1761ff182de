const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?(Z|[+-]\d\d:?\d\d)$/i;

const DAY_MS = 86_400_000;
/** Reports of a long outage are taken for as long as their days are kept. */
const MAX_AGE_MS = 7.5 * DAY_MS;
const MAX_AHEAD_MS = DAY_MS;

/** The scrape time in epoch milliseconds, or why it cannot be taken. Finer parts of a second than milliseconds are cut off. */
export function readTimestamp(value: unknown, now: number): { at: number } | { reason: string } {
  if (typeof value !== 'string') return { reason: 'a snapshot has no timestamp' };
  const parts = TIME.exec(value.trim());
  if (!parts) return { reason: `the timestamp ${JSON.stringify(value.slice(0, 60))} is not a time with a zone` };
  const [, day = '', time = '', fraction = '', zone = ''] = parts;
  const at = Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${withColon(zone)}`);
  if (Number.isNaN(at)) return { reason: `the timestamp ${JSON.stringify(value.slice(0, 60))} is not a time` };
  if (at > now + MAX_AHEAD_MS) {
    return { reason: `the timestamp ${value} is more than a day ahead: check the clock of the host` };
  }
  if (at < now - MAX_AGE_MS) {
    return { reason: `the timestamp ${value} is older than 7.5 days: check the clock of the host` };
  }
  return { at };
}

function withColon(zone: string): string {
  if (zone.toUpperCase() === 'Z') return 'Z';
  return zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}
