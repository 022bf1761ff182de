import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';
import { ServerPage } from '#common/contracts/servers.ts';
import { readApi } from '../api/call-api.server.ts';
import { listPath } from '../api/list-path.ts';
import { useLiveEvent, useRoom } from '../live/live-context.tsx';
import { useFreshPage } from '../live/use-fresh-page.ts';
import { ServerTable } from '../servers/server-table.tsx';
import { CONNECTION_LOOKS, CONNECTION_STATE_NAMES, SERVER_LOOKS, SERVER_STATES } from '../servers/server-state.ts';
import { useMay } from '../shell/me-context.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { LoadMore } from '../ui/load-more.tsx';
import { Card, Page } from '../ui/page.tsx';
import { FilterSelect, UrlFilters } from '../ui/url-filters.tsx';

export { PageErrorBoundary as ErrorBoundary } from '../shell/page-error-boundary.tsx';

export const meta: MetaFunction = () => [{ title: 'Servers · Admiral' }];

export async function loader(door: LoaderFunctionArgs) {
  const path = listPath('/api/servers', door.request.url, ['state', 'environment', 'connectionState'], {
    limit: '100',
  });
  return readApi(door, path, ServerPage);
}

export default function Servers() {
  const { items, nextCursor } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const isLoading = useNavigation().location?.pathname === '/servers';
  const edit = useMay('servers.edit');
  useRoom('fleet');
  const refresh = useFreshPage(2_000);
  useLiveEvent('fleet:update', ({ servers }) => {
    if (servers.length > 0) refresh();
  });
  const isFiltered = ['search', 'state', 'environment', 'connectionState'].some((name) => params.get(name));
  const add = edit.may ? (
    <ButtonLink to="/servers/new" look="primary" icon="plus">
      Add server
    </ButtonLink>
  ) : (
    <Button look="primary" icon="plus" disabledReason={edit.reason}>
      Add server
    </Button>
  );
  if (items.length === 0 && !isFiltered && !params.get('cursor')) {
    return (
      <Page title="Servers">
        <Card>
          <Empty icon="server" title="No servers yet">
            <p className="mb-4">
              Add the first one with its address and an SSH key. Nothing is installed until you say so.
            </p>
            {add}
          </Empty>
        </Card>
      </Page>
    );
  }
  return (
    <Page title="Servers" actions={add}>
      <UrlFilters placeholder="Search name, address, tag">
        <FilterSelect
          name="state"
          label="State"
          options={SERVER_STATES.map((state) => [state, SERVER_LOOKS[state].word])}
        />
        <FilterSelect
          name="connectionState"
          label="SSH"
          options={CONNECTION_STATE_NAMES.map((state) => [state, CONNECTION_LOOKS[state].word])}
        />
        <FilterSelect
          name="environment"
          label="Environment"
          options={[
            ['production', 'Production'],
            ['staging', 'Staging'],
            ['other', 'Other'],
          ]}
        />
      </UrlFilters>
      <Card flush className={isLoading ? 'opacity-60 transition-opacity' : ''}>
        {items.length === 0 ? (
          <Empty icon="search" title="No server matches">
            Change the search or the filters.
          </Empty>
        ) : (
          <ServerTable servers={items} />
        )}
        <LoadMore nextCursor={nextCursor} />
      </Card>
    </Page>
  );
}
