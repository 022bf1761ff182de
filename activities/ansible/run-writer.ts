import { setTimeout as sleep } from 'node:timers/promises';
import type { DeploymentUpdate } from '#common/contracts/live.ts';
import type { Logger } from '#common/logging/logger.ts';
import { RunMissingError, RunSupersededError } from './run-errors.ts';
import type { RunBatch, RunRecord, RunRecords } from './run-records.ts';
import { afterBatch, toUpdate } from './run-view.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;

export interface RunWriterDeps {
  records: RunRecords;
  /** Tells readers what is in the database now; never throws, loses nothing that matters. */
  publish: (update: DeploymentUpdate) => void;
  logger: Logger;
}

/** Writes a run's batches once each, through a database that is away for a while, or that wrote and did not say so. */
export interface RunWriter {
  /** Throws RunMissingError. */
  load: (deploymentId: string, signal: AbortSignal) => Promise<RunRecord>;
  /**
   * The record after the batch; or, when somebody else was further, the record as it stands, from which to read on. Tries until it
   * succeeds or `signal` is aborted. Throws RunSupersededError when another attempt owns the run.
   */
  write: (record: RunRecord, batch: RunBatch, signal: AbortSignal) => Promise<RunRecord>;
}

export function createRunWriter(deps: RunWriterDeps): RunWriter {
  const { records, logger } = deps;

  /** Again and again with growing pauses. The database being away is no reason to end a run. */
  async function persist<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      signal.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        if (isRefusedData(error)) throw error;
        logger.warn({ code: codeOf(error) }, 'the run could not be written to the database; tried again');
        await sleep(wait, undefined, { signal });
      }
    }
  }

  async function load(deploymentId: string, signal: AbortSignal): Promise<RunRecord> {
    const record = await persist(() => records.load(deploymentId), signal);
    if (!record) throw new RunMissingError(deploymentId);
    return record;
  }

  async function append(batch: RunBatch, signal: AbortSignal) {
    try {
      return await persist(() => records.appendBatch(batch), signal);
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      // One value that the database cannot hold must not stop the run: the batch goes in without its texts.
      logger.error({ code: codeOf(error) }, 'the database refused texts of a run; they were left out');
      return persist(() => records.appendBatch(withoutTexts(batch)), signal);
    }
  }

  return {
    load,
    write: async (record, batch, signal) => {
      const sequences = await append(batch, signal);
      if (sequences) {
        const after = afterBatch(record, batch, sequences);
        deps.publish(toUpdate(batch, after, Date.now()));
        return after;
      }
      const found = await load(batch.deploymentId, signal);
      if (found.attempt !== batch.attempt) throw new RunSupersededError();
      // It was written, and the answer was lost: readers are told now.
      const isThere = found.offsets.events === batch.to.events && found.offsets.output === batch.to.output;
      if (isThere) deps.publish(toUpdate(batch, found, Date.now()));
      return found;
    },
  };
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Classes 22 and 23 of SQL: the data itself is refused, so trying again is of no use. */
function isRefusedData(error: unknown): boolean {
  return /^2[23][0-9A-Z]{3}$/.test(codeOf(error) ?? '');
}

function withoutTexts(batch: RunBatch): RunBatch {
  return {
    ...batch,
    events: batch.events.map((event) => ({ ...event, task: null, data: { unstorable: true } })),
    output: batch.output.map(() => '[output that the database could not hold]\n'),
    hosts: batch.hosts.map((host) => ({
      ...host,
      reason: host.reason === null ? null : 'See the output.',
      currentTask: null,
    })),
  };
}
