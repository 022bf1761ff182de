import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { METRIC_COLUMN_NAMES, type MetricColumn } from '#common/domain/metric-columns.ts';
import { parseExactJson } from './exact-json.ts';
import { readReport } from './read-report.ts';
import { readTimestamp } from './read-timestamp.ts';
import { readValue } from './read-value.ts';

const NOW = Date.parse('2025-10-30T20:00:00Z');
const entry = (payload: unknown) => ({
  id: '1-1',
  server: 'uuid',
  serverId: 'a',
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
});

describe('parseExactJson', () => {
  it('keeps the digits of long integers and nothing else', () => {
    const text =
      '{"a":9007199254740993,"b":-12345678901234567,"c":0.12345678901234567,"d":"9007199254740993 \\" 1","e":1e20,"f":12}';
    expect(parseExactJson(text)).toEqual({
      a: '9007199254740993',
      b: '-12345678901234567',
      c: 0.12345678901234567,
      d: '9007199254740993 " 1',
      e: 1e20,
      f: 12,
    });
  });

  it('is JSON.parse for everything without long integers, and as strict as it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const read: unknown = JSON.parse(text, (_, value: unknown) =>
          typeof value === 'number' && Number.isInteger(value) && Math.abs(value) >= 1e15 ? 0 : value,
        );
        const exact: unknown = JSON.parse(JSON.stringify(parseExactJson(text)), (_, value: unknown) =>
          (typeof value === 'string' && /^-?\d{16,}$/.test(value)) ||
          (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) >= 1e15)
            ? 0
            : value,
        );
        expect(exact).toEqual(read);
      }),
    );
    expect(() => parseExactJson('{"a":1234567890123456789')).toThrow(SyntaxError);
    expect(() => parseExactJson('{"a":01234567890123456789}')).not.toThrow();
  });
});

describe('readValue', () => {
  it('takes whole numbers up to what the column holds, exactly', () => {
    expect(readValue(5, 'integer')).toBe('5');
    expect(readValue(2_147_483_647, 'integer')).toBe('2147483647');
    expect(readValue(2_147_483_648, 'integer')).toBeNull();
    expect(readValue(8.589934592e9, 'bigint')).toBe('8589934592');
    expect(readValue('9223372036854775807', 'bigint')).toBe('9223372036854775807');
    expect(readValue('9223372036854775808', 'bigint')).toBeNull();
    expect(readValue(2 ** 63, 'bigint')).toBeNull();
    expect(readValue(12.9, 'bigint')).toBe('12');
    expect(readValue(0, 'bigint')).toBe('0');
  });

  it('makes everything that is no such number null', () => {
    for (const value of [null, undefined, '', '5', 'NaN', true, [], {}, -1, -0.5, Infinity, NaN]) {
      expect([value, readValue(value, 'bigint'), readValue(value, 'double')]).toEqual([value, null, null]);
    }
  });

  it('never gives Postgres a value that it refuses', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.double(), fc.bigInt().map(String)), (value) => {
        const [double, bigint, integer] = [
          readValue(value, 'double'),
          readValue(value, 'bigint'),
          readValue(value, 'integer'),
        ];
        expect(double === null || (typeof double === 'number' && Number.isFinite(double) && double >= 0)).toBe(true);
        expect(bigint === null || BigInt(bigint) <= 2n ** 63n - 1n).toBe(true);
        expect(integer === null || BigInt(integer) <= 2n ** 31n - 1n).toBe(true);
      }),
    );
  });
});

describe('readTimestamp', () => {
  it('reads times with nanoseconds and zones', () => {
    const at = Date.parse('2025-10-30T19:29:49.123Z');
    for (const text of [
      '2025-10-30T19:29:49.123456789Z',
      '2025-10-30T20:29:49.123+01:00',
      '2025-10-30 14:29:49.123-0500',
      '2025-10-30t19:29:49.1239z',
    ]) {
      expect([text, readTimestamp(text, NOW)]).toEqual([text, { at }]);
    }
    expect(readTimestamp('2025-10-30T19:29:49Z', NOW)).toEqual({ at: Date.parse('2025-10-30T19:29:49Z') });
  });

  it('says why it cannot be taken', () => {
    const reasons: [unknown, RegExp][] = [
      [undefined, /no timestamp/],
      [1761852589, /no timestamp/],
      ['yesterday', /not a time with a zone/],
      ['2025-10-30T19:29:49', /not a time with a zone/],
      ['2025-13-30T19:29:49Z', /not a time/],
      ['2025-10-31T20:00:01Z', /more than a day ahead/],
      ['2025-10-23T07:59:59Z', /older than 7\.5 days/],
      ['0001-01-01T00:00:00Z', /older/],
    ];
    for (const [value, reason] of reasons) {
      expect(readTimestamp(value, NOW)).toEqual({ reason: expect.stringMatching(reason) });
    }
    expect(readTimestamp('2025-10-31T20:00:00Z', NOW)).toHaveProperty('at');
    expect(readTimestamp('2025-10-23T08:00:00Z', NOW)).toHaveProperty('at');
  });
});

describe('readReport', () => {
  const timestamp = '2025-10-30T19:29:49.123456789Z';

  it('keeps what is good of a report, and rejects the rest with its reason', () => {
    const report = readReport(
      entry({
        node_exporter: [{ timestamp, cpu_cores: 4, load_1min: 'x' }, { timestamp: 'x' }],
        process_exporter: [{ timestamp, name: 'nginx', num_procs: 2 }, { timestamp }],
        agent: { version: '1' },
      }),
      NOW,
    );
    expect(report.metrics).toHaveLength(1);
    const value = (name: MetricColumn) => report.metrics[0]?.values[METRIC_COLUMN_NAMES.indexOf(name)];
    expect([value('cpu_cores'), value('load_1min')]).toEqual(['4', null]);
    expect(report.processes).toEqual([
      {
        at: Date.parse('2025-10-30T19:29:49.123Z'),
        name: 'nginx',
        processes: '2',
        cpuSeconds: null,
        memoryBytes: null,
      },
    ]);
    expect(report.newestAt).toBe(Date.parse('2025-10-30T19:29:49.123Z'));
    expect(report.agent).toBe('{"version":"1"}');
    expect(report.rejected?.reason).toMatch(/"x" is not a time with a zone; a process snapshot has no name/);
    expect(JSON.parse(report.rejected?.payload ?? '')).toEqual({
      node_exporter: [{ timestamp: 'x' }],
      process_exporter: [{ timestamp }],
    });
  });

  it('never throws, whatever the stream holds', () => {
    for (const payload of [
      '',
      'null',
      '[]',
      '{',
      '"x"',
      '{"node_exporter":5}',
      '{"node_exporter":[null,[],5]}',
      '{"agent":[]}',
    ]) {
      expect(() => readReport(entry(payload), NOW)).not.toThrow();
    }
    fc.assert(
      fc.property(
        fc.object({ key: fc.constantFrom('node_exporter', 'timestamp', 'name', 'agent', '__proto__') }),
        (body) => {
          expect(() => readReport(entry(body), NOW)).not.toThrow();
        },
      ),
    );
  });
});
