import { channels } from '#common/contracts/live.ts';
import type { ApiDeps } from '../deps.ts';
import type { Transaction } from '../http/change.ts';

/** Ends all sessions of a person, within the transaction that gives the reason. */
export async function endSessionsOf(tx: Transaction, userId: string): Promise<void> {
  await tx.session.deleteMany({ where: { userId } });
}

/** After the commit: sockets of people and tokens that may not go on are cut at once, in every process of the api. */
export async function announceEndedSessions(deps: Pick<ApiDeps, 'publish'>): Promise<void> {
  await deps.publish(channels.sessionsEnded, {});
}
