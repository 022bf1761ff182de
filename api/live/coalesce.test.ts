import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createCoalescer } from './coalesce.ts';

describe('a coalescer', () => {
  const seen: string[] = [];
  const create = () =>
    createCoalescer<string>({
      everyMs: 100,
      merge: (a, b) => a + b,
      emit: (key, value) => seen.push(`${key}:${value}`),
    });
  beforeEach(() => {
    seen.length = 0;
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('hands on the first at once and later ones together, each key by itself', () => {
    const coalescer = create();
    for (const value of ['1', '2', '3']) coalescer.add('a', value);
    coalescer.add('b', 'x');
    expect(seen).toEqual(['a:1', 'b:x']);
    jest.advanceTimersByTime(100);
    expect(seen).toEqual(['a:1', 'b:x', 'a:23']);
  });

  it('keeps its distance after a batch, and is quick again after silence', () => {
    const coalescer = create();
    coalescer.add('a', '1');
    coalescer.add('a', '2');
    jest.advanceTimersByTime(100);
    coalescer.add('a', '3');
    expect(seen).toEqual(['a:1', 'a:2']);
    jest.advanceTimersByTime(100);
    expect(seen).toEqual(['a:1', 'a:2', 'a:3']);
    jest.advanceTimersByTime(100);
    expect(jest.getTimerCount()).toBe(0);
    coalescer.add('a', '4');
    expect(seen.at(-1)).toBe('a:4');
  });

  it('hands on nothing after it was stopped', () => {
    const coalescer = create();
    coalescer.add('a', '1');
    coalescer.add('a', '2');
    coalescer.stop();
    coalescer.add('a', '3');
    jest.advanceTimersByTime(1000);
    expect(seen).toEqual(['a:1']);
  });
});
