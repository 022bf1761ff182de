import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { useEffect } from 'react';
import { Demo } from '#common/contracts/demo.ts';
import { DeploymentPage } from '#common/contracts/deployments.ts';
import { ServerPage } from '#common/contracts/servers.ts';
import { Overview as OverviewFigures } from '#common/contracts/system.ts';
import { tryReadApi } from '../api/call-api.server.ts';
import { changeApi } from '../api/change-api.server.ts';
import { formText } from '../api/form-values.ts';
import { problemFrom, type ApiResult } from '../api/problem.ts';
import { DEPLOYMENT_LOOKS } from '../deployments/deployment-looks.ts';
import { DeploymentTable } from '../deployments/deployment-table.tsx';
import { useLiveEvent, useRoom } from '../live/live-context.tsx';
import { useFreshPage } from '../live/use-fresh-page.ts';
import { Figure } from '../overview/figure.tsx';
import { FirstSteps, needsFirstSteps } from '../overview/first-steps.tsx';
import { DemoNotice, WithoutServer } from '../overview/without-server.tsx';
import { CONNECTION_LOOKS, SERVER_LOOKS } from '../servers/server-state.ts';
import { ServerTable } from '../servers/server-table.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Empty, ProblemNotice } from '../ui/empty.tsx';
import { Card, Page } from '../ui/page.tsx';

export { PageErrorBoundary as ErrorBoundary } from '../shell/page-error-boundary.tsx';

export const meta: MetaFunction = () => [{ title: 'Overview · Admiral' }];

export async function loader(door: LoaderFunctionArgs) {
  const [figures, deployments, silent, demo] = await Promise.all([
    tryReadApi(door, '/api/system/overview', OverviewFigures),
    tryReadApi(door, '/api/deployments?limit=8', DeploymentPage),
    tryReadApi(door, '/api/servers?state=offline&limit=8', ServerPage),
    tryReadApi(door, '/api/demo', Demo),
  ]);
  return { figures, deployments, silent, demo };
}

export async function action(door: ActionFunctionArgs): Promise<ApiResult<unknown>> {
  switch (formText(await door.request.formData(), 'intent')) {
    case 'watch':
      return changeApi(door, 'POST', '/api/watch-this-machine');
    case 'demo':
      return changeApi(door, 'POST', '/api/demo', { servers: 20, days: 7 });
    case 'remove-demo':
      return changeApi(door, 'DELETE', '/api/demo');
    default:
      return { ok: false, problem: { ...problemFrom(400, undefined), detail: 'This page does not know that action.' } };
  }
}

export default function Overview() {
  const { figures, deployments, silent, demo } = useLoaderData<typeof loader>();
  useRoom('fleet');
  const refresh = useFreshPage(3_000);
  useLiveEvent('fleet:update', refresh);
  const isFilling = demo.ok && (demo.data.state === 'filling' || demo.data.state === 'removing');
  useEffect(() => {
    if (!isFilling) return undefined;
    const timer = setInterval(refresh, 3_000);
    return () => {
      clearInterval(timer);
    };
  }, [isFilling, refresh]);
  const isNew = figures.ok && figures.data.servers.total === 0;
  return (
    <Page title={isNew ? 'Welcome to Admiral' : 'Overview'}>
      {figures.ok ? (
        <>
          {demo.ok ? <DemoNotice demo={demo.data} /> : null}
          {needsFirstSteps(figures.data) ? <FirstSteps overview={figures.data} /> : null}
          {isNew ? <WithoutServer /> : <Figures figures={figures.data} />}
        </>
      ) : (
        <ProblemNotice problem={figures.problem} title="The figures could not be loaded" />
      )}
      {silent.ok && silent.data.items.length > 0 ? (
        <Card
          title="Servers that fell silent"
          flush
          actions={
            <ButtonLink to="/servers?state=offline" look="quiet">
              All
            </ButtonLink>
          }
        >
          <ServerTable servers={silent.data.items} />
        </Card>
      ) : null}
      {silent.ok ? null : <ProblemNotice problem={silent.problem} title="The servers could not be loaded" />}
      {!deployments.ok ? (
        <ProblemNotice problem={deployments.problem} title="The deployments could not be loaded" />
      ) : isNew && deployments.data.items.length === 0 ? null : (
        <Card
          title="Recent deployments"
          flush
          actions={
            <ButtonLink to="/deployments" look="quiet">
              All
            </ButtonLink>
          }
        >
          {deployments.data.items.length === 0 ? (
            <Empty icon="rocket" title="Nothing was deployed yet" />
          ) : (
            <DeploymentTable deployments={deployments.data.items} label="Recent deployments" />
          )}
        </Card>
      )}
    </Page>
  );
}

function Figures({ figures: { servers, deployments } }: { figures: OverviewFigures }) {
  const { last24Hours } = deployments;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 lg:grid-cols-2">
      <Card title="Servers" flush actions={<span className="text-sm text-muted">{servers.total} in all</span>}>
        <div className="grid grid-cols-2 sm:grid-cols-5">
          <Figure look={SERVER_LOOKS.online} value={servers.online} to="/servers?state=online" />
          <Figure look={SERVER_LOOKS.offline} value={servers.offline} to="/servers?state=offline" />
          <Figure
            look={{ ...SERVER_LOOKS.never_seen, word: 'Never seen' }}
            value={servers.neverSeen}
            to="/servers?state=never_seen"
          />
          <Figure
            look={CONNECTION_LOOKS.failed}
            value={servers.connectionFailed}
            to="/servers?connectionState=failed"
          />
          <Figure
            look={CONNECTION_LOOKS.host_key_changed}
            value={servers.hostKeyChanged}
            to="/servers?connectionState=host_key_changed"
          />
        </div>
      </Card>
      <Card title="Deployments" flush actions={<span className="text-sm text-muted">ended: in the last 24 hours</span>}>
        <div className="grid grid-cols-2 sm:grid-cols-5">
          <Figure
            look={{ ...DEPLOYMENT_LOOKS.running, word: 'Under way' }}
            value={deployments.active}
            to="/deployments"
          />
          <Figure look={DEPLOYMENT_LOOKS.waiting} value={deployments.waiting} to="/deployments?state=waiting" />
          <Figure look={DEPLOYMENT_LOOKS.succeeded} value={last24Hours.succeeded} to="/deployments?state=succeeded" />
          <Figure
            look={DEPLOYMENT_LOOKS.partly_failed}
            value={last24Hours.partlyFailed}
            to="/deployments?state=partly_failed"
          />
          <Figure look={DEPLOYMENT_LOOKS.failed} value={last24Hours.failed} to="/deployments?state=failed" />
        </div>
      </Card>
    </div>
  );
}
