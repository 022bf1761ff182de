import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { channels } from '#common/contracts/live.ts';
import type { Logger } from '#common/logging/logger.ts';
import { countBatch, writeGauges } from './digest-stats.ts';
import type { EntryQueue } from './entry-queue.ts';
import { dropOldPartitions, ensurePartitions, trimDeadLetters } from './maintain.ts';
import { readReport, type StreamEntry } from './read-report.ts';
import { storeBatch } from './store-batch.ts';
import type { StoreResult } from './store-reports.ts';

export interface DigestDeps {
  pool: Pool;
  valkey: Redis;
  queue: EntryQueue;
  logger: Logger;
  keepDays: number;
  /** How often entries of dead consumers are looked for; default 10 s. */
  claimEveryMs?: number;
}

const FIRST_BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 30_000;
const HOUR_MS = 3_600_000;
const GAUGES_EVERY_MS = 5000;

/**
 * Moves reports from the stream to the database until it is stopped: own entries first, then new ones; a batch is acknowledged
 * after its commit. Whatever is away is waited for, with growing pauses; nothing is given up for that.
 */
export class Digest {
  private readonly stopping = new AbortController();
  private fault = '';
  private hasOwn = true;
  private claimedAt = 0;
  private maintainedAt = 0;
  private gaugesAt = 0;

  constructor(private readonly deps: DigestDeps) {}

  /** Ends the loop after the batch at hand. */
  stop(): void {
    this.stopping.abort();
  }

  /** Returns when it was stopped. */
  async run(): Promise<void> {
    let pauseMs = 0;
    while (!this.isStopping()) {
      try {
        await this.turn();
        if (this.fault !== '') this.deps.logger.info('reports are stored again');
        this.fault = '';
        pauseMs = 0;
      } catch (error) {
        if (this.isStopping()) return;
        this.hasOwn = true;
        this.claimedAt = 0;
        pauseMs = Math.min(MAX_BACKOFF_MS, pauseMs === 0 ? FIRST_BACKOFF_MS : pauseMs * 2);
        this.fault = error instanceof Error ? error.message || error.name : 'unknown fault';
        this.deps.logger.warn({ err: error, pauseMs }, 'reports cannot be stored now');
        await this.pause(pauseMs);
      }
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Waits, and goes on telling how far it is. */
  private async pause(pauseMs: number): Promise<void> {
    for (let leftMs = pauseMs; leftMs > 0 && !this.isStopping(); leftMs -= GAUGES_EVERY_MS) {
      await this.gauges(true);
      await sleep(Math.min(leftMs, GAUGES_EVERY_MS), this.stopping.signal);
    }
  }

  private async turn(): Promise<void> {
    const { queue } = this.deps;
    await this.maintain();
    if (Date.now() - this.claimedAt > (this.deps.claimEveryMs ?? 10_000)) {
      await queue.prepare();
      if ((await queue.claim()) > 0) this.hasOwn = true;
      this.claimedAt = Date.now();
    }
    const entries = this.hasOwn ? await queue.readOwn() : await queue.readNew();
    if (entries.length === 0) this.hasOwn = false;
    else await this.store(entries);
    await this.gauges(false);
  }

  private async store(entries: readonly StreamEntry[]): Promise<void> {
    const now = Date.now();
    const result = await storeBatch(
      this.deps.pool,
      entries.map((entry) => readReport(entry, now)),
    );
    await this.deps.queue.finish(entries.map((entry) => entry.id));
    if (result.deadLetters > 0) this.deps.logger.warn({ count: result.deadLetters }, 'dead letters were written');
    if (result.deletedServers > 0) {
      this.deps.logger.info({ count: result.deletedServers }, 'reports of deleted servers were dropped');
    }
    await this.publish(result);
    await countBatch(this.deps.valkey, entries.length, result);
  }

  private async publish(result: StoreResult): Promise<void> {
    const pipeline = this.deps.valkey.pipeline();
    for (const { server, at, values } of result.published) {
      pipeline.publish(channels.metrics(server), `{"at":"${new Date(at).toISOString()}","values":${values}}`);
    }
    await pipeline.exec().catch(() => undefined);
  }

  private async maintain(): Promise<void> {
    if (Date.now() - this.maintainedAt < HOUR_MS) return;
    const { pool, queue, logger, keepDays } = this.deps;
    const made = await ensurePartitions(pool);
    const dropped = await dropOldPartitions(pool, keepDays);
    const letters = await trimDeadLetters(pool);
    await queue.prepare();
    await queue.forgetConsumers();
    this.maintainedAt = Date.now();
    logger.info({ made, dropped, letters }, 'partitions are in order');
  }

  private async gauges(isForced: boolean): Promise<void> {
    if (!isForced && Date.now() - this.gaugesAt < GAUGES_EVERY_MS) return;
    this.gaugesAt = Date.now();
    try {
      await writeGauges(this.deps.valkey, await this.deps.queue.backlog(), this.fault);
    } catch {
      // Valkey is away: there is nowhere to write to.
    }
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
