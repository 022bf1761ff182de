import { open } from 'node:fs/promises';
import { RunEvent } from '#common/contracts/run-events.ts';

/** Most that one batch takes from each file. */
const BATCH_BYTES = 256 * 1024;
const BATCH_EVENTS = 500;
const NEWLINE = 0x0a;

/**
 * Events from a byte offset on: whole lines only, at most 500 and 256 KiB; `isFull` when there may be more. A line that is no event (a disk that filled up, a hand in
 * the spool) is passed over and counted.
 */
export async function readEvents(
  path: string,
  offset: number,
): Promise<{ events: RunEvent[]; next: number; broken: number; isFull: boolean }> {
  const events: RunEvent[] = [];
  let broken = 0;
  let next = offset;
  let bytes = await readFrom(path, offset, BATCH_BYTES);
  // A single line longer than a batch (data of set_stats): read on until its end.
  for (let size = BATCH_BYTES * 2; bytes.length === size / 2 && !bytes.includes(NEWLINE); size *= 2) {
    bytes = await readFrom(path, offset, size);
  }
  for (let start = 0; events.length < BATCH_EVENTS;) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end < 0) break;
    const event = parseEvent(bytes.subarray(start, end).toString('utf8'));
    if (event) events.push(event);
    else broken += 1;
    start = end + 1;
    next = offset + start;
  }
  return { events, next, broken, isFull: events.length === BATCH_EVENTS || bytes.length >= BATCH_BYTES };
}

/**
 * Output from a byte offset on, as text: whole lines only, at most 256 KiB; with `isWhole` (the run has ended) also a last line
 * without an end. A line longer than a batch is given out in pieces.
 */
export async function readOutput(
  path: string,
  offset: number,
  isWhole: boolean,
): Promise<{ text: string; next: number; isFull: boolean }> {
  const bytes = await readFrom(path, offset, BATCH_BYTES);
  const lastNewline = bytes.lastIndexOf(NEWLINE);
  let length = lastNewline + 1;
  if (length === 0 && (isWhole || bytes.length === BATCH_BYTES))
    length = isWhole ? bytes.length : withoutHalfCharacter(bytes);
  else if (isWhole && bytes.length < BATCH_BYTES) length = bytes.length;
  const text = storable(bytes.subarray(0, length).toString('utf8'));
  return { text, next: offset + length, isFull: bytes.length === BATCH_BYTES };
}

/** Postgres keeps no NUL in texts, and no half of a surrogate pair in JSON. */
export function storable(text: string): string {
  return text.replace(/\u0000|\p{Surrogate}/gu, '\ufffd');
}

/** The length of `bytes` without a UTF-8 character that is cut off at its end. */
function withoutHalfCharacter(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return size > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function parseEvent(line: string): RunEvent | null {
  try {
    const parsed = RunEvent.safeParse(
      JSON.parse(line, (_key, value: unknown) => (typeof value === 'string' ? storable(value) : value)),
    );
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

async function readFrom(path: string, offset: number, size: number): Promise<Buffer> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (!file) return Buffer.alloc(0);
  try {
    const buffer = Buffer.allocUnsafe(size);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, size - length, offset + length);
      length += bytesRead;
      if (bytesRead === 0 || length === size) return buffer.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}
