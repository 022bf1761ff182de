import { proxyActivities } from '@temporalio/workflow';
import type { ConnectionReport } from '#common/contracts/servers.ts';
import { ANSIBLE_QUEUE } from '../task-queues.ts';
import type { TestConnectionActivities } from './activities.ts';
import type { TestConnectionInput } from './messages.ts';

const ssh = proxyActivities<TestConnectionActivities>({
  taskQueue: ANSIBLE_QUEUE,
  startToCloseTimeout: '45 seconds',
  scheduleToCloseTimeout: '55 seconds',
  retry: { maximumAttempts: 2, nonRetryableErrorTypes: ['run_not_authorized', 'server_missing'] },
});

/** One connection test of one server; the api awaits its report. */
export async function testConnection(input: TestConnectionInput): Promise<ConnectionReport> {
  return ssh.testConnection(input);
}
