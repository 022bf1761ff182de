const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const BITS = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'] as const;

function scaled(value: number, base: number, units: readonly string[]): string {
  let rest = Math.abs(value);
  let index = 0;
  while (rest >= base && index < units.length - 1) {
    rest /= base;
    index += 1;
  }
  const digits = index === 0 || rest >= 100 ? 0 : rest >= 10 ? 1 : 2;
  return `${value < 0 ? '−' : ''}${trimmed(rest.toFixed(digits))} ${units[index] ?? ''}`;
}

const trimmed = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

/** Bytes in powers of 1024: `15.6 GiB`. */
export const bytes = (value: number): string => scaled(value, 1024, BINARY);

/** A rate given in bytes per second, in bits as networks are sold: `8.4 Mbit/s`. */
export const bitRate = (bytesPerSecond: number): string => scaled(bytesPerSecond * 8, 1000, BITS);

/** `7.4 %`; a whole number from ten on. */
export const percent = (value: number): string => `${trimmed(value.toFixed(Math.abs(value) < 10 ? 1 : 0))} %`;

/** `1,204`. */
export const count = (value: number): string => value.toLocaleString('en-US');

/** `1 server`, `3 servers`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
