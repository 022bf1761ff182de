/** One process group at one scrape. */
export interface ProcessSample {
  /** Epoch milliseconds; the same for all groups of a scrape. */
  at: number;
  name: string;
  processes: number | null;
  cpuSeconds: number | null;
  memoryBytes: number | null;
}

export interface ProcessUse {
  name: string;
  /** At the last scrape that had it. */
  processes: number | null;
  /** Of one core, averaged over the time that is known of the host; null where no stretch of it is known. */
  cpuPercent: number | null;
  /** Averaged over the scrapes that had it. */
  memoryBytes: number | null;
}

/**
 * What each group used, from a few scrapes of a range. A stretch counts for a group when both ends have it and its counter did
 * not go back; stretches longer than `maxStretchMs` count for nobody.
 * @param samples ascending in time
 */
export function processUse(samples: readonly ProcessSample[], maxStretchMs: number): ProcessUse[] {
  const scrapes = [...new Set(samples.map((sample) => sample.at))];
  const previous = new Map(scrapes.slice(1).map((at, index) => [at, scrapes[index] ?? at]));
  const knownMs = scrapes.slice(1).reduce((total, at) => {
    const length = at - (previous.get(at) ?? at);
    return length <= maxStretchMs ? total + length : total;
  }, 0);
  const groups = new Map<string, ProcessSample[]>();
  for (const sample of samples) {
    const group = groups.get(sample.name);
    if (group) group.push(sample);
    else groups.set(sample.name, [sample]);
  }
  return [...groups].map(([name, own]) => {
    const grown = own.flatMap((sample, index) => {
      const before = own[index - 1];
      if (!before || before.at !== previous.get(sample.at) || sample.at - before.at > maxStretchMs) return [];
      if (sample.cpuSeconds === null || before.cpuSeconds === null || sample.cpuSeconds < before.cpuSeconds) return [];
      return [sample.cpuSeconds - before.cpuSeconds];
    });
    const memory = own.flatMap((sample) => (sample.memoryBytes === null ? [] : [sample.memoryBytes]));
    return {
      name,
      processes: own.findLast((sample) => sample.processes !== null)?.processes ?? null,
      cpuPercent: grown.length === 0 ? null : round((100_000 * sum(grown)) / knownMs),
      memoryBytes: memory.length === 0 ? null : Math.round(sum(memory) / memory.length),
    };
  });
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const round = (value: number) => Math.round(value * 100) / 100;
