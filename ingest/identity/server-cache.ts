import type { Redis } from 'ioredis';
import { serverKey } from '#ingest/stream/names.ts';
import type { KnownServer } from './find-server.ts';

/** What was found for an id, and when it was asked for; `server` is null for an unknown id. */
export interface CacheEntry {
  server: KnownServer | null;
  at: number;
}

/** The shared second level of the server directory. Every fault of Valkey is a miss: it may be away. */
export class ServerCache {
  constructor(private readonly valkey: Redis) {}

  async get(serverId: string): Promise<CacheEntry | undefined> {
    try {
      const text = await this.valkey.get(serverKey(serverId));
      return text === null ? undefined : parseEntry(text);
    } catch {
      return undefined;
    }
  }

  async set(serverId: string, entry: CacheEntry, ttlSeconds: number): Promise<void> {
    await this.valkey.set(serverKey(serverId), JSON.stringify(entry), 'EX', ttlSeconds).catch(() => undefined);
  }

  async delete(serverId: string): Promise<void> {
    await this.valkey.del(serverKey(serverId)).catch(() => undefined);
  }
}

function parseEntry(text: string): CacheEntry | undefined {
  try {
    const entry = JSON.parse(text) as Partial<CacheEntry>;
    const { server, at } = entry;
    if (typeof at !== 'number' || server === undefined) return undefined;
    if (server !== null && !(typeof server.id === 'string' && Array.isArray(server.fingerprints))) return undefined;
    return { server, at };
  } catch {
    return undefined;
  }
}
