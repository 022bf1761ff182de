import type { KnownServer } from './find-server.ts';
import { LruMap } from './lru-map.ts';
import type { CacheEntry } from './server-cache.ts';

/** The database must be asked, and it is away. */
export class DirectoryAwayError extends Error {
  readonly code = 'directory_away';
  constructor(cause: unknown) {
    super('who reports cannot be looked up now: the database is away', { cause });
    this.name = 'DirectoryAwayError';
  }
}

export interface ServerDirectoryDeps {
  /** Asks the database; throws when it is away. */
  findServer: (serverId: string) => Promise<KnownServer | undefined>;
  /** Shared between ingest processes; a fault is a miss. */
  cache: {
    get: (serverId: string) => Promise<CacheEntry | undefined>;
    set: (serverId: string, entry: CacheEntry, ttlSeconds: number) => Promise<void>;
    delete: (serverId: string) => Promise<void>;
  };
  /** Seconds that a known server is believed without asking. */
  ttlSeconds: number;
  now?: () => number;
}

/** Seconds that an unknown id is believed to be unknown. */
const NEGATIVE_TTL_SECONDS = 120;
const CAPACITY = 50_000;
/** Shortest time between two looks for a newer token of one server. */
const REFRESH_MS = 5000;

/**
 * Who reports: process memory → Valkey → Postgres, one question at a time per id. A change of a server is made known with
 * `forget`. While Postgres is away, an id that was known and not forgotten stays known, however old the entry.
 */
export class ServerDirectory {
  private readonly known = new LruMap<CacheEntry>(CAPACITY);
  private readonly unknown = new LruMap<CacheEntry>(CAPACITY);
  private readonly asking = new Map<string, Promise<KnownServer | undefined>>();
  /** Entries asked for before this instant are stale: changes may have been missed. */
  private validSince = 0;
  /** Counts changes, so that an answer from before a change is not kept. */
  private changes = 0;
  /** Counts the changes that named a server: those must not be answered from before, even while the database is away. */
  private namedChanges = 0;
  private readonly now: () => number;

  constructor(private readonly deps: ServerDirectoryDeps) {
    this.now = deps.now ?? Date.now;
  }

  /** The answer of process memory alone: undefined when it must be looked up, null for an unknown id. */
  peek(serverId: string): KnownServer | null | undefined {
    const entry = this.known.get(serverId) ?? this.unknown.get(serverId);
    return entry && this.isFresh(entry) ? entry.server : undefined;
  }

  /** The server, or undefined for an unknown id. Throws DirectoryAwayError when nobody can tell. */
  async find(serverId: string): Promise<KnownServer | undefined> {
    const remembered = this.peek(serverId);
    if (remembered !== undefined) return remembered ?? undefined;
    return this.once(serverId, async () => {
      const shared = await this.deps.cache.get(serverId);
      if (shared && this.isFresh(shared)) {
        this.remember(serverId, shared);
        return shared.server ?? undefined;
      }
      return this.ask(serverId, shared);
    });
  }

  /** Asks the database again, for a token that the remembered entry does not know; at most once in a few seconds per id. */
  async refresh(serverId: string): Promise<KnownServer | undefined> {
    const entry = this.known.get(serverId);
    if (entry && this.now() - entry.at < REFRESH_MS) return entry.server ?? undefined;
    return this.once(serverId, () => this.ask(serverId, entry));
  }

  /** The server was added, changed or deleted: ask again. `*` for all, also when changes may have been missed. */
  async forget(serverId: string): Promise<void> {
    this.changes += 1;
    this.asking.clear();
    if (serverId === '*') {
      this.validSince = this.now();
      this.unknown.clear();
      return;
    }
    this.namedChanges += 1;
    this.known.delete(serverId);
    this.unknown.delete(serverId);
    await this.deps.cache.delete(serverId);
  }

  private async ask(serverId: string, stale: CacheEntry | undefined): Promise<KnownServer | undefined> {
    const at = this.now();
    const { changes, namedChanges } = this;
    let server: KnownServer | undefined;
    try {
      server = await this.deps.findServer(serverId);
    } catch (error) {
      const old = this.known.get(serverId) ?? stale;
      if (old?.server && namedChanges === this.namedChanges) return old.server;
      throw new DirectoryAwayError(error);
    }
    const entry: CacheEntry = { server: server ?? null, at };
    if (changes === this.changes) {
      this.remember(serverId, entry);
      await this.deps.cache.set(serverId, entry, server ? this.deps.ttlSeconds : NEGATIVE_TTL_SECONDS);
    }
    return server;
  }

  private once(serverId: string, work: () => Promise<KnownServer | undefined>): Promise<KnownServer | undefined> {
    const running = this.asking.get(serverId);
    if (running) return running;
    const question = work().finally(() => {
      if (this.asking.get(serverId) === question) this.asking.delete(serverId);
    });
    this.asking.set(serverId, question);
    return question;
  }

  private remember(serverId: string, entry: CacheEntry): void {
    const [to, from] = entry.server ? [this.known, this.unknown] : [this.unknown, this.known];
    from.delete(serverId);
    to.set(serverId, entry);
  }

  private isFresh(entry: CacheEntry): boolean {
    const ttlSeconds = entry.server ? this.deps.ttlSeconds : NEGATIVE_TTL_SECONDS;
    return entry.at >= this.validSince && this.now() - entry.at < ttlSeconds * 1000;
  }
}
