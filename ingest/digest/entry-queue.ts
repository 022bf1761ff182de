import type { Redis } from 'ioredis';
import { GROUP, STREAM } from '#ingest/stream/names.ts';
import type { StreamEntry } from './read-report.ts';

/** Entries of a consumer that did nothing for so long are taken over. */
const CLAIM_IDLE_MS = 30_000;
const BLOCK_MS = 2000;
const MAX_ENTRIES = 500;
/** Payload that one batch should hold, and a transaction should take. */
const BATCH_BYTES = 16 * 1024 * 1024;
/** Consumers without entries are forgotten after this time. */
const FORGET_CONSUMER_MS = 3_600_000;

export interface EntryQueueOptions {
  consumer: string;
  claimIdleMs?: number;
  blockMs?: number;
}

/** The digest's end of the stream: one consumer of the group. All methods throw when Valkey is away. */
export class EntryQueue {
  private meanBytes = 32 * 1024;

  /** @param reader waits in XREADGROUP, so it must be a connection of its own */
  constructor(
    private readonly reader: Redis,
    private readonly valkey: Redis,
    private readonly options: EntryQueueOptions,
  ) {}

  /** Makes stream and group where they are missing. */
  async prepare(): Promise<void> {
    try {
      await this.valkey.xgroup('CREATE', STREAM, GROUP, '0', 'MKSTREAM');
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
    }
  }

  /** Takes over entries of consumers that are gone; they are then among the own ones. Returns how many. */
  async claim(): Promise<number> {
    const idle = this.options.claimIdleMs ?? CLAIM_IDLE_MS;
    const args = [STREAM, GROUP, this.options.consumer, idle, '0-0', 'COUNT', MAX_ENTRIES, 'JUSTID'] as const;
    const [, claimed] = (await this.valkey.xautoclaim(...args)) as [string, unknown[]];
    return claimed.length;
  }

  /** Entries that were given to this consumer before and are not done. */
  readOwn(): Promise<StreamEntry[]> {
    return this.read((count) => {
      return this.reader.xreadgroup('GROUP', GROUP, this.options.consumer, 'COUNT', count, 'STREAMS', STREAM, '0');
    });
  }

  /** New entries; waits a moment for them. */
  readNew(): Promise<StreamEntry[]> {
    const blockMs = this.options.blockMs ?? BLOCK_MS;
    return this.read((count) => {
      const group = ['GROUP', GROUP, this.options.consumer, 'COUNT', count, 'BLOCK', blockMs] as const;
      return this.reader.xreadgroup(...group, 'STREAMS', STREAM, '>');
    });
  }

  /** Removes entries that are in the database from the group and the stream. */
  async finish(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.valkey
      .multi()
      .xack(STREAM, GROUP, ...ids)
      .xdel(STREAM, ...ids)
      .exec();
  }

  /** How many entries wait, and since when (epoch milliseconds) the oldest does. */
  async backlog(): Promise<{ pending: number; oldestAt: number | undefined }> {
    const pending = await this.valkey.xlen(STREAM);
    const [oldest] = pending > 0 ? await this.valkey.xrange(STREAM, '-', '+', 'COUNT', 1) : [];
    return { pending, oldestAt: oldest ? Number(oldest[0].split('-')[0]) : undefined };
  }

  /** Removes this consumer, if it has no entries left. */
  async leave(): Promise<void> {
    if ((await this.readOwn()).length === 0) {
      await this.valkey.xgroup('DELCONSUMER', STREAM, GROUP, this.options.consumer);
    }
  }

  /** Removes consumers of ended processes that have no entries. */
  async forgetConsumers(): Promise<void> {
    const consumers = (await this.valkey.xinfo('CONSUMERS', STREAM, GROUP)) as unknown[][];
    for (const fields of consumers) {
      const field = (name: string) => fields[fields.indexOf(name) + 1];
      const isGone = Number(field('idle')) > FORGET_CONSUMER_MS && Number(field('pending')) === 0;
      const name = String(field('name'));
      if (isGone && name !== this.options.consumer) await this.valkey.xgroup('DELCONSUMER', STREAM, GROUP, name);
    }
  }

  private async read(ask: (count: number) => Promise<unknown>): Promise<StreamEntry[]> {
    const count = Math.max(1, Math.min(MAX_ENTRIES, Math.floor(BATCH_BYTES / this.meanBytes)));
    const answer = (await ask(count)) as [string, [string, string[] | null][]][] | null;
    const given = answer?.[0]?.[1] ?? [];
    // Deleted from the stream, but not from the group: nothing can be done with them.
    await this.finish(given.filter(([, fields]) => fields === null).map(([id]) => id));
    const entries = given.flatMap(([id, fields]) => (fields === null ? [] : [asEntry(id, fields)]));
    if (entries.length > 0) {
      const bytes = entries.reduce((total, entry) => total + entry.payload.length, 0);
      this.meanBytes = Math.max(256, bytes / entries.length);
    }
    return entries;
  }
}

function asEntry(id: string, fields: string[]): StreamEntry {
  const field = (name: string) => {
    const at = fields.findIndex((text, index) => index % 2 === 0 && text === name);
    return at === -1 ? '' : (fields[at + 1] ?? '');
  };
  return { id, server: field('server'), serverId: field('server_id'), payload: field('payload') };
}
