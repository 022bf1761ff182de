import { readJsonFile, replaceFile, type AttemptPaths } from './run-folder.ts';

/** A supervisor ends its run when the lease has not changed for so long. */
export const LEASE_SECONDS = { following: 15, handedOver: 60, kept: 3600 } as const;

/** Renews the lease of a run: whoever follows it, or leaves it to the next, says for how long it may go on unwatched. */
export async function renewLease(paths: AttemptPaths, ttlSeconds: number): Promise<void> {
  const before = await readJsonFile(paths.lease);
  const seq = Number(before?.seq ?? 0) + 1;
  await replaceFile(paths.lease, JSON.stringify({ seq: Number.isSafeInteger(seq) ? seq : 1, ttlSeconds }));
}
