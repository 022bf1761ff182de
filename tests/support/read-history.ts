import { readFileSync } from 'node:fs';
import { temporal } from '@temporalio/proto';

const { History } = temporal.api.history.v1;
const DURATION = /^(\d+)(?:\.(\d{1,9}))?s$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,9}))?Z$/;

/**
 * A workflow history in Temporal's JSON form, as `GET …/history` of its HTTP API gives it. Read here, because the SDK's own reader fails where
 * its packages hold copies of protobufjs of their own ("type must be a Type").
 */
export function readHistory(file: string): temporal.api.history.v1.History {
  return History.fromObject(fromJson(JSON.parse(readFileSync(file, 'utf8'))) as object);
}

/** Instants and durations as the messages they stand for; everything else has the same form. */
function fromJson(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => fromJson(item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fromJson(inner, name)]));
  }
  if (typeof value !== 'string') return value;
  const nanos = (digits = '') => Number(digits.padEnd(9, '0'));
  const duration = DURATION.exec(value);
  if (duration && /(timeout|interval|backoff)/i.test(key)) {
    return { seconds: Number(duration[1]), nanos: nanos(duration[2]) };
  }
  const instant = INSTANT.exec(value);
  if (instant && /time/i.test(key)) return { seconds: Math.floor(Date.parse(value) / 1000), nanos: nanos(instant[1]) };
  return value;
}
