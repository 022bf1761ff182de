/** Name under which `testConnection` is started; its workflow id is `connection-test-{serverId}`, reused after it ended. */
export const TEST_CONNECTION = 'testConnection';

export const connectionTestWorkflowId = (serverId: string) => `connection-test-${serverId}`;

/** Input of `testConnection`: which server, who asked, and the api's signature (ConnectionTestClaim). */
export interface TestConnectionInput {
  serverId: string;
  actorId: string | null;
  expiresAtMs: number;
  authorization: string;
}
