import type { Redis } from 'ioredis';
import { Refusal } from '#ingest/intake/refusal.ts';
import { STREAM } from './names.ts';

export interface Report {
  /** The server's UUID. */
  server: string;
  /** What the agent calls itself. */
  serverId: string;
  payload: string;
}

export interface BacklogLimits {
  /** Reports that may wait. */
  maxEntries: number;
  /** Bytes of reports that may wait, reckoned from the mean size of the last ones. */
  maxBytes: number;
}

/** About 25 minutes of 1,000 agents that report every 15 s, and what Valkey may take of memory for it. */
const LIMITS: BacklogLimits = { maxEntries: 100_000, maxBytes: 1024 * 1024 * 1024 };
const LENGTH_IS_FRESH_MS = 1000;

/** The way into the stream. Reports are refused when too many wait; none that was accepted is ever cut off. */
export class ReportStream {
  private pending = 0;
  private askedAt = 0;
  private meanBytes = 4096;

  constructor(
    private readonly valkey: Redis,
    private readonly limits: BacklogLimits = LIMITS,
  ) {}

  /** Reports that may wait before new ones are refused. */
  get maxBacklog(): number {
    return Math.max(1, Math.min(this.limits.maxEntries, Math.floor(this.limits.maxBytes / this.meanBytes)));
  }

  /** Reports in the stream that are not in the database yet. Throws when Valkey is away. */
  async countPending(): Promise<number> {
    this.pending = await this.valkey.xlen(STREAM);
    this.askedAt = Date.now();
    return this.pending;
  }

  /** Refuses with 429 when too many reports wait, with 503 when the stream is away. */
  async requireRoom(): Promise<void> {
    if (this.pending >= this.maxBacklog || Date.now() - this.askedAt > LENGTH_IS_FRESH_MS) {
      await this.countPending().catch(() => {
        throw away();
      });
    }
    if (this.pending >= this.maxBacklog) throw new Refusal(429, 'too many reports wait to be stored', 30);
  }

  /** Adds a report and returns its id. It is in Valkey's append-only file when this returns. */
  async add(report: Report): Promise<string> {
    this.meanBytes += (Buffer.byteLength(report.payload) + 200 - this.meanBytes) * 0.05;
    const fields = ['server', report.server, 'server_id', report.serverId, 'payload', report.payload];
    try {
      const id = await this.valkey.xadd(STREAM, '*', ...fields, 'received', String(Date.now()));
      if (id === null) throw new Error('no id was given');
      this.pending += 1;
      return id;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('OOM')) {
        throw new Refusal(503, 'the stream is full', 30);
      }
      throw away();
    }
  }
}

const away = () => new Refusal(503, 'the stream is away', 10);
