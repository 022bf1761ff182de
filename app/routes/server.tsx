import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { DeploymentPage } from '#common/contracts/deployments.ts';
import { MetricSeries, RANGES, TopProcesses as TopProcessesAnswer } from '#common/contracts/metrics.ts';
import { Server } from '#common/contracts/servers.ts';
import { SshKeyPage } from '#common/contracts/ssh-keys.ts';
import { readApi, tryReadApi } from '../api/call-api.server.ts';
import { DeploymentTable } from '../deployments/deployment-table.tsx';
import { useLiveEvent, useRoom } from '../live/live-context.tsx';
import { useFreshPage } from '../live/use-fresh-page.ts';
import { ConnectionPanel } from '../servers/connection-panel.tsx';
import { EnvironmentTag, Tag } from '../servers/environment-tag.tsx';
import { FirstReport } from '../servers/first-report.tsx';
import { changeServer } from '../servers/server-actions.server.ts';
import { ServerCharts } from '../servers/server-charts.tsx';
import { ServerFacts } from '../servers/server-facts.tsx';
import { serverName } from '../servers/server-name.ts';
import { ServerSettings } from '../servers/server-settings.tsx';
import { CONNECTION_LOOKS, serverLook } from '../servers/server-state.ts';
import { TopProcesses } from '../servers/top-processes.tsx';
import { useMay } from '../shell/me-context.ts';
import { Badge } from '../ui/badge.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Empty, Notice, ProblemNotice } from '../ui/empty.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Tabs, type Tab } from '../ui/tabs.tsx';
import { Time } from '../ui/time.tsx';

export { PageErrorBoundary as ErrorBoundary } from '../shell/page-error-boundary.tsx';
export const action = changeServer;

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? serverName(data.server) : 'Server'} · Admiral` },
];

const TABS: readonly Tab[] = [
  { id: 'charts', label: 'Charts' },
  { id: 'processes', label: 'Processes' },
  { id: 'deployments', label: 'Deployments' },
  { id: 'facts', label: 'Facts' },
  { id: 'connection', label: 'Connection' },
];

export async function loader(door: LoaderFunctionArgs) {
  const path = `/api/servers/${encodeURIComponent(door.params.id ?? '')}`;
  const query = new URL(door.request.url).searchParams;
  const range = RANGES.find((one) => one === query.get('range')) ?? '1h';
  const by: 'cpu' | 'memory' = query.get('by') === 'memory' ? 'memory' : 'cpu';
  const tab = TABS.find((one) => one.id === query.get('tab'))?.id ?? 'charts';
  const when = <T,>(id: string, read: () => Promise<T>) => (tab === id ? read() : null);
  const [server, metrics, processes, deployments, keys] = await Promise.all([
    readApi(door, path, Server),
    when('charts', () => tryReadApi(door, `${path}/metrics?range=${range}`, MetricSeries)),
    when('processes', () => tryReadApi(door, `${path}/processes/top?by=${by}&range=${range}`, TopProcessesAnswer)),
    when('deployments', () =>
      tryReadApi(door, `/api/deployments?serverId=${encodeURIComponent(door.params.id ?? '')}`, DeploymentPage),
    ),
    when('connection', () => tryReadApi(door, '/api/ssh-keys?limit=200', SshKeyPage)),
  ]);
  return { server, metrics, processes, deployments, keys, tab, range, by };
}

export default function ServerPage() {
  const { server, metrics, processes, deployments, keys, tab, range, by } = useLoaderData<typeof loader>();
  const run = useMay('deployments.run');
  const refresh = useFreshPage(tab === 'charts' ? 1_000 : 5_000);
  useRoom(`server:${server.id}`);
  useLiveEvent('server:update', ({ serverId }) => {
    if (serverId === server.id) refresh();
  });
  const keyList = keys?.ok ? keys.data.items : [];
  const hasSsh = !server.isDemo && !server.watchOnly;
  const needsLook =
    hasSsh && (server.connectionState === 'host_key_changed' || server.connectionState === 'host_key_unknown');
  const refusal =
    run.reason ?? (server.watchOnly ? 'This server is watched only.' : server.isDemo ? 'This is a demo server.' : null);
  return (
    <Page
      title={serverName(server)}
      lead={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Badge look={serverLook(server)} />
          {hasSsh ? <Badge look={CONNECTION_LOOKS[server.connectionState]} /> : null}
          <EnvironmentTag environment={server.environment} />
          {server.isDemo ? <Tag word="Demo" /> : null}
          {server.watchOnly ? <Tag word="Watch only" /> : null}
          <span className="break-all">{server.sshHost}</span>
          {server.lastSeenAt ? (
            <span>
              last report <Time at={server.lastSeenAt} />
            </span>
          ) : null}
        </span>
      }
      actions={
        refusal ? (
          <Button icon="rocket" disabledReason={refusal}>
            Deploy…
          </Button>
        ) : (
          <ButtonLink icon="rocket" to={`/deployments/new?server=${server.id}`}>
            Deploy…
          </ButtonLink>
        )
      }
    >
      {needsLook && tab !== 'connection' ? (
        <Notice
          tone={server.connectionState === 'host_key_changed' ? 'bad' : 'change'}
          title="The host key needs a decision"
        >
          Nothing connects to this host until somebody looks at it under <strong>Connection</strong>.
        </Notice>
      ) : null}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <div className="-mx-4 sm:mx-0">
          <Tabs
            label="Views of the server"
            name="tab"
            tabs={hasSsh ? TABS : TABS.filter((one) => one.id !== 'connection')}
            current={tab}
          />
        </div>
        {tab === 'charts' && metrics ? (
          server.lastSeenAt === null ? (
            <FirstReport server={server} />
          ) : metrics.ok ? (
            <ServerCharts server={server} metrics={metrics.data} />
          ) : (
            <ProblemNotice problem={metrics.problem} title="The charts could not be loaded" />
          )
        ) : null}
        {processes ? (
          processes.ok ? (
            <TopProcesses answer={processes.data} by={by} range={range} />
          ) : (
            <ProblemNotice problem={processes.problem} title="The processes could not be loaded" />
          )
        ) : null}
        {deployments ? (
          <Card flush>
            {!deployments.ok ? (
              <ProblemNotice problem={deployments.problem} />
            ) : deployments.data.items.length === 0 ? (
              <Empty icon="rocket" title="No deployment touched this server yet" />
            ) : (
              <DeploymentTable deployments={deployments.data.items} />
            )}
          </Card>
        ) : null}
        {tab === 'facts' ? <ServerFacts server={server} /> : null}
        {tab === 'connection' && hasSsh ? (
          <div className="grid max-w-4xl grid-cols-[minmax(0,1fr)] gap-4">
            <ConnectionPanel server={server} sshKey={keyList.find((key) => key.id === server.sshKeyId) ?? null} />
            <ServerSettings server={server} keys={keyList} />
          </div>
        ) : null}
      </div>
    </Page>
  );
}
