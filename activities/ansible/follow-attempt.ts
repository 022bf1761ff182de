import { open } from 'node:fs/promises';
import { watch, type FSWatcher } from 'node:fs';
import { readEvents, readOutput } from './spool-reader.ts';
import { attemptState, type AttemptState } from './supervisor-process.ts';
import type { AttemptPaths } from './run-folder.ts';
import type { RunRecord } from './run-records.ts';
import { buildBatch } from './run-view.ts';
import type { RunWriter } from './run-writer.ts';

/** Shortest time between two batches of a run that prints all the time. */
const BATCH_INTERVAL_MS = 100;
/** How often the files are looked at when no change was reported. */
const POLL_MS = 50;

export interface Following {
  deploymentId: string;
  paths: AttemptPaths;
  writer: RunWriter;
  /** Aborted when this process is to leave the run alone. */
  signal: AbortSignal;
  /** Told after each batch. */
  onRecord: (record: RunRecord) => void;
}

/**
 * Brings an attempt's spool into the database, from the record's offsets to the end of what is there when the attempt is over.
 * Returns the record then, and whether the supervisor ended in order or is gone without a word.
 */
export async function followAttempt(
  following: Following,
  start: RunRecord,
): Promise<{ record: RunRecord; state: Exclude<AttemptState, { kind: 'running' }> }> {
  const { paths, signal, writer } = following;
  const changes = watchFolder(paths.folder);
  let record = start;
  try {
    for (;;) {
      signal.throwIfAborted();
      // Asked before reading: what was written before the end is then all there to be read.
      const state = await attemptState(paths);
      const isOver = state.kind !== 'running';
      const spool = await readEvents(paths.events, record.offsets.events);
      const output = await readOutput(paths.output, record.offsets.output, isOver);
      const to = { events: spool.next, output: output.next };
      const hasMoved = to.events > record.offsets.events || to.output > record.offsets.output;
      if (!hasMoved && isOver) return { record, state };
      if (hasMoved) {
        const piece = {
          events: spool.events,
          output: [output.text, brokenText(spool.broken)].filter((text) => text !== ''),
          to,
        };
        record = await writer.write(record, buildBatch(following.deploymentId, record, piece), signal);
        following.onRecord(record);
      }
      const isBehind = isOver || spool.isFull || output.isFull;
      if (!isBehind) await changes.wait(hasMoved ? BATCH_INTERVAL_MS : POLL_MS, hasMoved, signal);
    }
  } finally {
    changes.close();
  }
}

/** Whether Ansible came to its recap: its last event is `end`. */
export async function sawEnd(paths: AttemptPaths): Promise<boolean> {
  const file = await open(paths.events, 'r').catch(() => null);
  if (!file) return false;
  try {
    const { size } = await file.stat();
    const length = Math.min(size, 256);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const lastLine = buffer.toString('utf8').trimEnd().split('\n').at(-1) ?? '';
    return lastLine.startsWith('{"kind":"end",');
  } finally {
    await file.close();
  }
}

const brokenText = (count: number): string =>
  count === 0 ? '' : `[admiral] ${String(count)} broken event(s) of this run were passed over.\n`;

interface Changes {
  /** Until something changed (unless `whole`: then the full time), at most `ms`. */
  wait: (ms: number, whole: boolean, signal: AbortSignal) => Promise<void>;
  close: () => void;
}

function watchFolder(folder: string): Changes {
  let wake: () => void = () => undefined;
  let changed = false;
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, { persistent: false }, () => {
      changed = true;
      wake();
    });
    watcher.on('error', () => undefined);
  } catch {
    // Too many watches on this machine: the clock alone does it.
  }
  return {
    wait: (ms, whole, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          wake = () => undefined;
          changed = false;
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done);
        if (signal.aborted || (changed && !whole)) done();
        else if (!whole) wake = done;
      }),
    close: () => {
      watcher?.close();
    },
  };
}
