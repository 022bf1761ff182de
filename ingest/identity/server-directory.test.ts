import { describe, expect, it } from '@jest/globals';
import type { KnownServer } from './find-server.ts';
import type { CacheEntry } from './server-cache.ts';
import { DirectoryAwayError, ServerDirectory } from './server-directory.ts';
import { UnknownThrottle } from './unknown-throttle.ts';

const known = (id: string): KnownServer => ({ id, fingerprints: ['f'], allowsReportsWithoutToken: false });

/** A directory over a database and a shared cache that are maps, with a clock that is set. */
function stage() {
  const database = new Map<string, KnownServer>();
  const shared = new Map<string, CacheEntry>();
  const state = { now: 1_000_000, isAway: false, questions: 0, before: () => Promise.resolve() };
  const create = () =>
    new ServerDirectory({
      findServer: async (id) => {
        state.questions += 1;
        const found = database.get(id);
        await state.before();
        if (state.isAway) throw new Error('away');
        return found;
      },
      cache: {
        get: (id) => Promise.resolve(shared.get(id)),
        set: (id, entry) => {
          shared.set(id, entry);
          return Promise.resolve();
        },
        delete: (id) => {
          shared.delete(id);
          return Promise.resolve();
        },
      },
      ttlSeconds: 3600,
      now: () => state.now,
    });
  return { database, shared, state, create, directory: create() };
}

describe('ServerDirectory', () => {
  it('asks once for many, and then for as long as the entry lives not at all', async () => {
    const { database, state, directory } = stage();
    database.set('a', known('1'));
    const answers = await Promise.all(Array.from({ length: 50 }, () => directory.find('a')));
    expect(new Set(answers.map((server) => server?.id))).toEqual(new Set(['1']));
    state.now += 3_599_000;
    await directory.find('a');
    expect(state.questions).toBe(1);
    state.now += 2000;
    await directory.find('a');
    expect(state.questions).toBe(2);
  });

  it('believes an unknown id to be unknown for two minutes only', async () => {
    const { database, state, directory } = stage();
    expect(await directory.find('a')).toBeUndefined();
    database.set('a', known('1'));
    state.now += 119_000;
    expect(await directory.find('a')).toBeUndefined();
    expect(directory.peek('a')).toBeNull();
    state.now += 2000;
    expect(await directory.find('a')).toEqual(known('1'));
  });

  it('shares what it knows with other processes, until it is forgotten', async () => {
    const { database, state, directory, create } = stage();
    database.set('a', known('1'));
    await directory.find('a');
    const other = create();
    await other.find('a');
    expect(state.questions).toBe(1);
    database.delete('a');
    await directory.forget('a');
    await other.forget('a');
    expect(await directory.find('a')).toBeUndefined();
    expect(await other.find('a')).toBeUndefined();
  });

  it('does not keep an answer from before a change', async () => {
    const { database, state, directory, shared } = stage();
    database.set('a', known('1'));
    let answer: () => void = () => undefined;
    state.before = () => new Promise((resolve) => (answer = resolve));
    const asked = directory.find('a');
    await new Promise((resolve) => setImmediate(resolve));
    database.delete('a');
    await directory.forget('a');
    answer();
    await asked;
    state.before = () => Promise.resolve();
    expect(shared.has('a')).toBe(false);
    expect(await directory.find('a')).toBeUndefined();
  });

  it('asks for everybody again after changes may have been missed', async () => {
    const { database, state, directory } = stage();
    database.set('a', known('1'));
    await directory.find('a');
    database.delete('a');
    state.now += 1;
    await directory.forget('*');
    expect(await directory.find('a')).toBeUndefined();
  });

  it('stands by what it knew while the database is away, but not by what was named as changed', async () => {
    const { database, state, directory, create } = stage();
    database.set('a', known('1'));
    database.set('b', known('2'));
    await directory.find('a');
    await directory.find('b');
    state.isAway = true;
    state.now += 1;
    await directory.forget('*');
    await directory.forget('b');
    expect(await directory.find('a')).toEqual(known('1'));
    const fresh = create();
    await fresh.forget('*');
    expect(await fresh.find('a')).toEqual(known('1'));
    await expect(directory.find('b')).rejects.toThrow(DirectoryAwayError);
    await expect(directory.find('c')).rejects.toThrow(DirectoryAwayError);
  });

  it('does not fall back on what was named as changed while it asked', async () => {
    const { database, state, directory } = stage();
    database.set('a', known('1'));
    await directory.find('a');
    state.now += 3_601_000;
    state.isAway = true;
    let answer: () => void = () => undefined;
    state.before = () => new Promise((resolve) => (answer = resolve));
    const asked = directory.refresh('a');
    const outcome = expect(asked).rejects.toThrow(DirectoryAwayError);
    await new Promise((resolve) => setImmediate(resolve));
    // Another question of before the change brings the old entry back into memory: it is not trusted either.
    await directory.forget('a');
    answer();
    await outcome;
  });

  it('looks for a newer token, at most every few seconds', async () => {
    const { database, state, directory } = stage();
    database.set('a', known('1'));
    await directory.find('a');
    database.set('a', { ...known('1'), fingerprints: ['new'] });
    expect((await directory.refresh('a'))?.fingerprints).toEqual(['f']);
    state.now += 6000;
    expect((await directory.refresh('a'))?.fingerprints).toEqual(['new']);
    expect(state.questions).toBe(2);
  });
});

describe('UnknownThrottle', () => {
  it('holds an address back for the rest of the minute', () => {
    let now = 500_000;
    const throttle = new UnknownThrottle(3, () => now);
    for (let i = 0; i < 3; i += 1) {
      expect(throttle.waitSeconds('x')).toBeUndefined();
      throttle.countUnknown('x');
    }
    now += 20_000;
    expect(throttle.waitSeconds('x')).toBe(40);
    expect(throttle.waitSeconds('y')).toBeUndefined();
    now += 40_000;
    expect(throttle.waitSeconds('x')).toBeUndefined();
  });
});
