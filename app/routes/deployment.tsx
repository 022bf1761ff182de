import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import { Deployment, DeploymentHistory } from '#common/contracts/deployments.ts';
import { isFinalDeploymentState } from '#common/domain/states.ts';
import { readApi, tryReadApi } from '../api/call-api.server.ts';
import { changeApi } from '../api/change-api.server.ts';
import { formText } from '../api/form-values.ts';
import { problemFrom, type ApiResult } from '../api/problem.ts';
import { CountsBar, CountsWords } from '../deployments/counts-bar.tsx';
import { CancelButton, ContinueButton } from '../deployments/deployment-buttons.tsx';
import { DeploymentDetails } from '../deployments/deployment-details.tsx';
import { DEPLOYMENT_LOOKS } from '../deployments/deployment-looks.ts';
import { HistoryTimeline } from '../deployments/history-timeline.tsx';
import { HostList } from '../deployments/host-list.tsx';
import { OutputView } from '../deployments/output/output-view.tsx';
import { HostTasks } from '../deployments/run/host-tasks.tsx';
import { RunAnnouncer } from '../deployments/run/run-announcer.tsx';
import { TaskMatrix } from '../deployments/run/task-matrix.tsx';
import { useRun } from '../deployments/run/use-run.ts';
import { duration } from '../format/time.ts';
import { useFreshPage } from '../live/use-fresh-page.ts';
import { useMay } from '../shell/me-context.ts';
import { Badge } from '../ui/badge.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Notice, ProblemNotice } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { Tabs, type Tab } from '../ui/tabs.tsx';
import { Time } from '../ui/time.tsx';
import { useNow } from '../ui/use-now.ts';

export { PageErrorBoundary as ErrorBoundary } from '../shell/page-error-boundary.tsx';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? data.deployment.name : 'Deployment'} · Admiral` },
];

export async function loader(door: LoaderFunctionArgs) {
  const path = `/api/deployments/${encodeURIComponent(door.params.id ?? '')}`;
  const wantsHistory = new URL(door.request.url).searchParams.get('view') === 'history';
  const [deployment, history] = await Promise.all([
    readApi(door, path, Deployment),
    wantsHistory ? tryReadApi(door, `${path}/history`, DeploymentHistory) : null,
  ]);
  return { deployment, history };
}

export async function action(door: ActionFunctionArgs): Promise<ApiResult<unknown>> {
  const path = `/api/deployments/${encodeURIComponent(door.params.id ?? '')}`;
  const intent = formText(await door.request.formData(), 'intent');
  if (intent === 'cancel' || intent === 'continue') return changeApi(door, 'POST', `${path}/${intent}`);
  return { ok: false, problem: { ...problemFrom(400, undefined), detail: 'This page does not know that action.' } };
}

const TABS: readonly Tab[] = [
  { id: 'hosts', label: 'Hosts', className: 'xl:hidden' },
  { id: 'output', label: 'Output' },
  { id: 'tasks', label: 'Tasks' },
  { id: 'history', label: 'History' },
  { id: 'details', label: 'Details' },
];

export default function DeploymentPage() {
  const { deployment, history } = useLoaderData<typeof loader>();
  const [params, setParams] = useSearchParams();
  const refresh = useFreshPage(1_500);
  const run = useRun(deployment, refresh);
  const isEnded = isFinalDeploymentState(run.state);
  const view = TABS.find((tab) => tab.id === params.get('view'))?.id ?? 'hosts';
  const selected = run.hosts.find((host) => host.serverId === params.get('host'));
  const temporal = useMay('temporal.view');
  const select = (serverId: string | null) => {
    setParams(
      (before) => {
        if (serverId === null) before.delete('host');
        else before.set('host', serverId);
        return before;
      },
      { preventScrollReset: true },
    );
  };
  // On wide screens the hosts stand beside; there the default view is the output.
  const isHostsView = view === 'hosts';
  return (
    <Page
      title={deployment.name}
      lead={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Badge look={DEPLOYMENT_LOOKS[run.state]} />
          <span className="font-mono text-xs">{deployment.playbook}</span>
          <span>
            by {deployment.actorName}, <Time at={deployment.createdAt} />
          </span>
          <RunTime startedAt={deployment.startedAt} finishedAt={deployment.finishedAt} />
          {deployment.isDemo ? <span>Demo</span> : null}
        </span>
      }
      actions={
        isEnded ? (
          <ButtonLink
            icon="refresh"
            to={`/deployments/new?${new URLSearchParams([['playbook', deployment.playbook], ...deployment.hosts.map((host) => ['server', host.serverId])]).toString().slice(0, 6000)}`}
          >
            Run again…
          </ButtonLink>
        ) : (
          <CancelButton state={run.state} counts={run.counts} />
        )
      }
    >
      <RunAnnouncer run={run} total={deployment.hostCount} />
      {deployment.waitingFor && !isEnded ? (
        <Notice tone="change" title={run.state === 'waiting' ? 'Waiting' : 'Not running yet'}>
          <p>{deployment.waitingFor}</p>
          {run.state === 'waiting' && run.counts.interrupted > 0 ? (
            <div className="mt-2">
              <ContinueButton state={run.state} />
            </div>
          ) : null}
        </Notice>
      ) : null}
      {run.reason ? (
        <Notice tone={run.state === 'failed' || run.state === 'partly_failed' ? 'bad' : 'change'}>{run.reason}</Notice>
      ) : null}
      <div className="grid gap-2">
        <CountsBar counts={run.counts} total={deployment.hostCount} />
        <p className="text-sm">
          <CountsWords counts={run.counts} />
        </p>
      </div>
      <div className="grid gap-4 xl:grid-cols-[24rem_minmax(0,1fr)]">
        <section
          aria-label="Hosts"
          className="hidden h-[calc(100dvh-16rem)] min-h-96 overflow-clip rounded-lg border border-line bg-surface xl:block"
        >
          <HostList hosts={run.hosts} counts={run.counts} selected={selected?.serverId ?? null} onSelect={select} />
        </section>
        <section
          aria-label="The run"
          className="flex h-[calc(100dvh-10rem)] min-h-96 min-w-0 flex-col overflow-clip rounded-lg border border-line bg-surface xl:h-[calc(100dvh-16rem)]"
        >
          <Tabs label="Views of the run" name="view" tabs={TABS} current={view} wideDefault="output" />
          <div className="min-h-0 grow">
            {selected && (isHostsView || view === 'output') ? (
              <HostTasks
                host={selected}
                model={run.model}
                onClose={() => {
                  select(null);
                }}
              />
            ) : (
              <>
                {isHostsView ? (
                  <div className="h-full xl:hidden">
                    <HostList hosts={run.hosts} counts={run.counts} selected={null} onSelect={select} />
                  </div>
                ) : null}
                {isHostsView || view === 'output' ? (
                  <div className={`h-full ${isHostsView ? 'hidden xl:block' : ''}`}>
                    <OutputView
                      output={run.output}
                      hasEarlier={run.hasEarlierOutput}
                      onLoadEarlier={run.loadEarlierOutput}
                      isLoading={run.isLoading}
                      isEnded={isEnded}
                    />
                  </div>
                ) : null}
              </>
            )}
            {view === 'tasks' ? (
              <TaskMatrix
                hosts={run.hosts}
                model={run.model}
                onSelect={(id) => {
                  setParams(
                    (before) => {
                      before.set('host', id);
                      before.set('view', 'output');
                      return before;
                    },
                    { preventScrollReset: true },
                  );
                }}
              />
            ) : null}
            {view === 'history' && history ? (
              history.ok ? (
                <HistoryTimeline history={history.data} mayOpenTemporal={temporal.may} />
              ) : (
                <div className="p-4">
                  <ProblemNotice problem={history.problem} title="The history could not be read" />
                </div>
              )
            ) : null}
            {view === 'details' ? <DeploymentDetails deployment={deployment} /> : null}
          </div>
        </section>
      </div>
    </Page>
  );
}

/** How long it ran, or runs. */
function RunTime({ startedAt, finishedAt }: { startedAt: string | null; finishedAt: string | null }) {
  const now = useNow();
  if (startedAt === null || (finishedAt === null && now === null)) return null;
  const end = finishedAt === null ? (now ?? 0) : new Date(finishedAt).getTime();
  const ms = Math.max(0, end - new Date(startedAt).getTime());
  return <span>{finishedAt === null ? `running for ${duration(ms)}` : `took ${duration(ms)}`}</span>;
}
