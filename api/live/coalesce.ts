/** Collects values by key and hands them on: the first at once, later ones together, at most once in `everyMs`. */
export interface Coalescer<T> {
  add: (key: string, value: T) => void;
  /** Hands on nothing more. */
  stop: () => void;
}

export interface CoalesceOptions<T> {
  everyMs: number;
  merge: (earlier: T, later: T) => T;
  emit: (key: string, value: T) => void;
}

/** A key that was quiet for `everyMs` is forgotten, so memory follows what is busy. */
export function createCoalescer<T>({ everyMs, merge, emit }: CoalesceOptions<T>): Coalescer<T> {
  const waiting = new Map<string, { timer: NodeJS.Timeout; value?: T | undefined }>();
  let isStopped = false;

  const open = (key: string) => {
    const timer = setTimeout(() => {
      const value = waiting.get(key)?.value;
      waiting.delete(key);
      if (value === undefined || isStopped) return;
      open(key);
      emit(key, value);
    }, everyMs);
    waiting.set(key, { timer });
  };

  return {
    add(key, value) {
      if (isStopped) return;
      const entry = waiting.get(key);
      if (entry) {
        entry.value = entry.value === undefined ? value : merge(entry.value, value);
        return;
      }
      open(key);
      emit(key, value);
    },
    stop() {
      isStopped = true;
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
