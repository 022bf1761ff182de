/** Names in Valkey that ingest and digest share. */
export const STREAM = 'nodepulse:metrics:stream';
export const GROUP = 'digest';
/** Hash of counters and gauges of all digest processes, for status pages. */
export const STATS = 'admiral:digest:stats';
/** What is known of one agent-side server id; see identity/server-directory.ts. */
export const serverKey = (serverId: string) => `server:valid:${serverId}`;
