import { describe, expect, it } from '@jest/globals';
import { SequenceFeed } from './sequence-feed.ts';

const item = (sequence: number) => ({ sequence });
const items = (...sequences: number[]) => sequences.map(item);

function feedOf(stored: number[], after = 0, pageSize = 3) {
  const seen: number[] = [];
  const asked: number[] = [];
  const feed = new SequenceFeed(
    after,
    (from) => {
      asked.push(from);
      const page = stored.filter((sequence) => sequence > from).slice(0, pageSize);
      return Promise.resolve({ items: items(...page), next: page.at(-1) ?? from });
    },
    (fresh) => seen.push(...fresh.map((one) => one.sequence)),
  );
  return { feed, seen, asked, stored };
}

describe('a feed of numbered items', () => {
  it('pulls page after page from where it stands', async () => {
    const { feed, seen } = feedOf([1, 2, 3, 4, 5, 6, 7], 2);
    await feed.catchUp();
    expect(seen).toEqual([3, 4, 5, 6, 7]);
  });

  it('hands on what is pushed in order, once', () => {
    const { feed, seen, asked } = feedOf([]);
    feed.push(items(1, 2));
    feed.push(items(2, 3));
    feed.push(items(1));
    expect(seen).toEqual([1, 2, 3]);
    expect(asked).toEqual([]);
  });

  it('fills a gap over HTTP before it goes on', async () => {
    const { feed, seen } = feedOf([1, 2, 3, 4, 5]);
    feed.push(items(1));
    feed.push(items(4, 5));
    await feed.catchUp();
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps what is pushed while it pulls', async () => {
    const { feed, seen } = feedOf([1, 2, 3]);
    const pulled = feed.catchUp();
    feed.push(items(4, 5));
    await pulled;
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('goes on over a number that does not exist', async () => {
    const { feed, seen } = feedOf([1, 2]);
    feed.push(items(1, 2));
    feed.push(items(5));
    await feed.catchUp();
    feed.push(items(6));
    expect(seen).toEqual([1, 2, 5, 6]);
  });

  it('says nothing more once stopped', async () => {
    const { feed, seen } = feedOf([1, 2, 3]);
    const pulled = feed.catchUp();
    feed.stop();
    await pulled;
    feed.push(items(1));
    expect(seen).toEqual([]);
  });

  it('ends quietly when the source does not answer', async () => {
    const feed = new SequenceFeed(
      0,
      () => Promise.resolve(undefined),
      () => undefined,
    );
    await expect(feed.catchUp()).resolves.toBeUndefined();
    expect(feed.lastSequence).toBe(0);
  });
});
