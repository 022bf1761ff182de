import { closeSync, existsSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** A part's whole log is at most this many bytes, times the number of files kept. */
const MAX_BYTES = 10 * 1024 * 1024;
const KEPT_FILES = 3;
/** Longer lines are cut: a log is for people. */
const MAX_LINE_CHARS = 16_384;

/** The log of one part: appended line by line, turned over by size (`api.log`, `api.log.1`, `api.log.2`). */
export class LogFile {
  private descriptor: number;
  private bytes: number;

  constructor(
    readonly file: string,
    private readonly maxBytes = MAX_BYTES,
  ) {
    this.descriptor = openSync(file, 'a', 0o600);
    this.bytes = fstatSync(this.descriptor).size;
  }

  /** Appends one line (without its end). A full disk costs log lines, never the installation. */
  write(line: string): void {
    const text = `${line.slice(0, MAX_LINE_CHARS)}\n`;
    try {
      if (this.bytes + text.length > this.maxBytes) this.turnOver();
      this.bytes += writeSync(this.descriptor, text);
    } catch {
      // Nowhere to say it.
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private turnOver(): void {
    closeSync(this.descriptor);
    for (let n = KEPT_FILES - 1; n >= 1; n -= 1) {
      const from = n === 1 ? this.file : `${this.file}.${String(n - 1)}`;
      if (existsSync(from)) renameSync(from, `${this.file}.${String(n)}`);
    }
    this.descriptor = openSync(this.file, 'a', 0o600);
    this.bytes = 0;
  }
}
