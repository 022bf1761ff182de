/** What the starter says to the person at the terminal. */
export interface Terminal {
  line: (text: string) => void;
  warn: (text: string) => void;
}

const REPEAT_MS = 30_000;

/** Writes to standard output and error; the same warning is shown at most twice a minute. */
export function createTerminal(): Terminal {
  // A terminal that is gone must not end the installation out of order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const shown = new Map<string, number>();
  const colour = process.stderr.isTTY && !process.env.NO_COLOR;
  return {
    line: (text) => {
      process.stdout.write(`${text}\n`);
    },
    warn: (text) => {
      const now = Date.now();
      if (now - (shown.get(text) ?? -Infinity) < REPEAT_MS) return;
      if (shown.size > 500) shown.clear();
      shown.set(text, now);
      process.stderr.write(colour ? `\u001b[33m${text}\u001b[0m\n` : `${text}\n`);
    },
  };
}
