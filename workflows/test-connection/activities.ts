import type { ConnectionReport } from '#common/contracts/servers.ts';
import type { TestConnectionInput } from './messages.ts';

export interface TestConnectionActivities {
  /** Connects to the server, writes what it found to the server's row, and returns it. A failed test is a result. */
  testConnection: (input: TestConnectionInput) => Promise<ConnectionReport>;
}
