/**
 * A quantity over time that is known everywhere at once: its level at an instant and what it adds up to since time zero. Both are closed
 * formulas, so that a counter can be read at any instant without the ones before it, and never goes back. Time is in seconds.
 */
export interface Signal {
  level: (t: number) => number;
  /** Integral of the level from 0 to `t`; never falls. */
  total: (t: number) => number;
  /** No level is above this, and none below zero. */
  max: number;
}

export function constant(level: number): Signal {
  return { level: () => level, total: (t) => level * t, max: level };
}

/** Swings between 0 and `height`, highest at `peakAt` and every `period` after it. */
export function wave(height: number, period: number, peakAt: number): Signal {
  const turn = (2 * Math.PI) / period;
  const half = height / 2;
  const start = Math.sin(-turn * peakAt);
  return {
    level: (t) => half * (1 + Math.cos(turn * (t - peakAt))),
    total: (t) => half * (t + (Math.sin(turn * (t - peakAt)) - start) / turn),
    max: height,
  };
}

/** Steps at random around `height / 2`, between 0 and `height`; each step lasts `period`. */
export function noise(height: number, period: number, seed: number): Signal {
  const half = height / 2;
  const at = (t: number) => {
    const k = Math.floor(t / period);
    const [from, to] = [chance(seed, k), chance(seed, k + 1)];
    return { from, to, share: t / period - k };
  };
  const start = chance(seed, 0);
  return {
    level: (t) => {
      const { from, to } = at(t);
      return half * (1 + to - from);
    },
    total: (t) => {
      const { from, to, share } = at(t);
      return half * (t + period * (from + (to - from) * share - start));
    },
    max: height,
  };
}

/** `height` for `length` from `startAt` on, and again every `period`: a nightly job. */
export function pulse(height: number, period: number, startAt: number, length: number): Signal {
  const sum = (t: number) => {
    const k = Math.floor((t - startAt) / period);
    return k * length + Math.min(length, t - startAt - k * period);
  };
  const start = sum(0);
  return {
    level: (t) => (t - startAt - Math.floor((t - startAt) / period) * period < length ? height : 0),
    total: (t) => height * (sum(t) - start),
    max: height,
  };
}

/** `signal`, but only from `startAt` on. */
export function after(startAt: number, signal: Signal): Signal {
  const before = signal.total(startAt);
  return {
    level: (t) => (t < startAt ? 0 : signal.level(t)),
    total: (t) => (t < startAt ? 0 : signal.total(t) - before),
    max: signal.max,
  };
}

export function sum(...signals: readonly Signal[]): Signal {
  return {
    level: (t) => signals.reduce((all, signal) => all + signal.level(t), 0),
    total: (t) => signals.reduce((all, signal) => all + signal.total(t), 0),
    max: signals.reduce((all, signal) => all + signal.max, 0),
  };
}

export function scaled(signal: Signal, factor: number): Signal {
  return { level: (t) => factor * signal.level(t), total: (t) => factor * signal.total(t), max: factor * signal.max };
}

/** A number from 0 to 1 that looks random and is always the same for the same seed and index. */
export function chance(seed: number, index: number): number {
  let x = Math.imul((seed ^ Math.imul(index, 0x9e3779b1)) | 0, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  x = Math.imul(x ^ (x >>> 16), 0x27d4eb2f);
  return ((x ^ (x >>> 15)) >>> 0) / 4_294_967_296;
}
