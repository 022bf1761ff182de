import type { Deployment } from '#common/contracts/deployments.ts';
import { isFinalDeploymentState } from '#common/domain/states.ts';
import type { TestInstallation } from './installation.ts';
import { until } from './until.ts';

/** Settings of an installation whose servers may be this machine itself. */
export const LOCAL_TARGETS = { NODE_ENV: 'test', ADMIRAL_TEST_LOCAL_TARGETS: '1' };

/** Deployments to local connections of an installation that was started with LOCAL_TARGETS. */
export interface LocalDeployments {
  /** Adds servers that are this machine, tested; their ids. */
  addServers: (count: number) => Promise<string[]>;
  create: (playbook: string, serverIds: string[], variables?: Record<string, unknown>) => Promise<string>;
  get: (id: string) => Promise<Deployment>;
  /** Waits until every host of it runs a task with this name. */
  waitForTask: (id: string, task: string) => Promise<void>;
  waitForState: (id: string, state: Deployment['state'], timeoutMs?: number) => Promise<Deployment>;
  waitForEnd: (id: string, timeoutMs?: number) => Promise<Deployment>;
}

export function localDeployments(admiral: TestInstallation): LocalDeployments {
  const call = async <T>(method: string, path: string, body?: unknown) => {
    const answer = await admiral.apiRequest<T>(method, path, body);
    if (answer.status >= 400)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const get = async (id: string) => call<Deployment>('GET', `/api/deployments/${id}`);
  const waitFor = async (what: string, id: string, test: (deployment: Deployment) => boolean, timeoutMs: number) => {
    let last: Deployment | undefined;
    try {
      return await until(
        what,
        async () => {
          // The api itself may be the part that was killed a moment ago.
          last = await get(id).catch(() => undefined);
          return last !== undefined && test(last) ? last : undefined;
        },
        timeoutMs,
      );
    } catch (error) {
      throw new Error(`${(error as Error).message}; the deployment reads ${JSON.stringify(last)}`);
    }
  };
  return {
    addServers: async (count) => {
      const ids: string[] = [];
      for (let index = 0; index < count; index += 1) {
        const body = { hostname: `local-${String(index)}`, sshHost: 'local', sshUsername: 'root' };
        const { id } = await call<{ id: string }>('POST', '/api/servers', body);
        await call('POST', `/api/servers/${id}/test-connection`, {});
        ids.push(id);
      }
      return ids;
    },
    create: async (playbook, serverIds, variables = {}) => {
      const body = { name: playbook, playbook, serverIds, variables };
      return (await call<{ id: string }>('POST', '/api/deployments', body)).id;
    },
    get,
    waitForTask: async (id, task) => {
      await waitFor(
        `all hosts are at "${task}"`,
        id,
        (d) => d.hosts.every((host) => host.currentTask === task),
        60_000,
      );
    },
    waitForState: (id, state, timeoutMs = 60_000) => waitFor(`state ${state}`, id, (d) => d.state === state, timeoutMs),
    waitForEnd: (id, timeoutMs = 120_000) => waitFor('it ends', id, (d) => isFinalDeploymentState(d.state), timeoutMs),
  };
}
