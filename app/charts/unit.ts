import { bitRate, bytes, percent } from '../format/quantity.ts';

/** How values of a chart are scaled, cut into even steps and said. */
export interface Unit {
  /** Said whole, with its unit. */
  say: (value: number) => string;
  /** Values of the axis for a highest value, ascending from 0. */
  ticks: (highest: number) => number[];
}

/** 1, 2 or 5 times a power of `base` ten, so that about four steps reach `highest`. */
function evenSteps(highest: number, per: number): number[] {
  const target = Math.max(highest / per, 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(target));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= target) ?? 10) * power * per;
  const steps = Math.max(1, Math.ceil(highest / step - 1e-9));
  return Array.from({ length: steps + 1 }, (_, index) => index * step);
}

/** The largest power of `base` that is not above `value`. */
const powerBelow = (value: number, base: number) =>
  base ** Math.max(0, Math.floor(Math.log(Math.max(value, 1)) / Math.log(base)));

export const PERCENT: Unit = { say: percent, ticks: () => [0, 25, 50, 75, 100] };
export const BYTES: Unit = { say: bytes, ticks: (highest) => evenSteps(highest, powerBelow(highest, 1024)) };
/** Values are bytes per second; steps are even in bits. */
export const BIT_RATE: Unit = {
  say: bitRate,
  ticks: (highest) => evenSteps(Math.max(highest, 125), powerBelow(highest * 8, 1000) / 8),
};
/** A plain number, such as a load. */
export const NUMBER: Unit = {
  say: (value) => value.toFixed(value < 10 ? 2 : 0),
  ticks: (highest) => evenSteps(Math.max(highest, 1), 1),
};
