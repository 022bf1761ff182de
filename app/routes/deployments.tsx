import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';
import { DeploymentPage } from '#common/contracts/deployments.ts';
import { DEPLOYMENT_STATES } from '#common/domain/states.ts';
import { readApi } from '../api/call-api.server.ts';
import { listPath } from '../api/list-path.ts';
import { DEPLOYMENT_LOOKS } from '../deployments/deployment-looks.ts';
import { DeploymentTable } from '../deployments/deployment-table.tsx';
import { useLiveEvent, useRoom } from '../live/live-context.tsx';
import { useFreshPage } from '../live/use-fresh-page.ts';
import { useMay } from '../shell/me-context.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { LoadMore } from '../ui/load-more.tsx';
import { Card, Page } from '../ui/page.tsx';
import { FilterSelect, UrlFilters } from '../ui/url-filters.tsx';

export { PageErrorBoundary as ErrorBoundary } from '../shell/page-error-boundary.tsx';

export const meta: MetaFunction = () => [{ title: 'Deployments · Admiral' }];

export async function loader(door: LoaderFunctionArgs) {
  return readApi(
    door,
    listPath('/api/deployments', door.request.url, ['state', 'playbook', 'serverId']),
    DeploymentPage,
  );
}

export default function Deployments() {
  const { items, nextCursor } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const isLoading = useNavigation().location?.pathname === '/deployments';
  const run = useMay('deployments.run');
  useRoom('fleet');
  const refresh = useFreshPage(2_000);
  useLiveEvent('fleet:update', ({ deployments }) => {
    if (deployments.length > 0) refresh();
  });
  const isFiltered = ['search', 'state', 'playbook', 'serverId', 'cursor'].some((name) => params.get(name));
  const create = run.may ? (
    <ButtonLink to="/deployments/new" look="primary" icon="rocket">
      New deployment
    </ButtonLink>
  ) : (
    <Button look="primary" icon="rocket" disabledReason={run.reason}>
      New deployment
    </Button>
  );
  if (items.length === 0 && !isFiltered) {
    return (
      <Page title="Deployments">
        <Card>
          <Empty icon="rocket" title="Nothing was deployed yet">
            <p className="mb-4">A deployment runs a playbook on servers, and keeps what happened on each of them.</p>
            {create}
          </Empty>
        </Card>
      </Page>
    );
  }
  return (
    <Page title="Deployments" actions={create}>
      <UrlFilters placeholder="Search deployments">
        <FilterSelect
          name="state"
          label="State"
          options={DEPLOYMENT_STATES.map((state) => [state, DEPLOYMENT_LOOKS[state].word])}
        />
      </UrlFilters>
      <Card flush className={isLoading ? 'opacity-60 transition-opacity' : ''}>
        {items.length === 0 ? (
          <Empty icon="search" title="No deployment matches">
            Change the search or the filters.
          </Empty>
        ) : (
          <DeploymentTable deployments={items} />
        )}
        <LoadMore nextCursor={nextCursor} />
      </Card>
    </Page>
  );
}
