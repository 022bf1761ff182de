import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import { AuditPage, type AuditEntry } from '#common/contracts/access.ts';
import { readApi } from '../api/call-api.server.ts';
import { listPath } from '../api/list-path.ts';
import { ObjectLink } from '../audit/object-link.tsx';
import { Empty } from '../ui/empty.tsx';
import { LoadMore } from '../ui/load-more.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Table, Td, Th } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { FilterSelect, UrlFilters } from '../ui/url-filters.tsx';

export { PageErrorBoundary as ErrorBoundary } from '../shell/page-error-boundary.tsx';

export const meta: MetaFunction = () => [{ title: 'Audit · Admiral' }];

export async function loader(door: LoaderFunctionArgs) {
  const query = new URL(door.request.url).searchParams;
  // Days of the address become instants in UTC; the last day counts whole.
  const more: Record<string, string> = {};
  const [from, to] = [dayOf(query.get('fromDay')), dayOf(query.get('toDay'))];
  if (from) more.from = `${from}T00:00:00.000Z`;
  if (to) more.to = `${to}T23:59:59.999Z`;
  return readApi(
    door,
    listPath('/api/audit', door.request.url, ['objectKind', 'action', 'actorId', 'objectId'], more),
    AuditPage,
  );
}

const dayOf = (text: string | null): string | null => (text && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : null);

const KINDS = [
  ['deployment', 'Deployments'],
  ['server', 'Servers'],
  ['ssh_key', 'SSH keys'],
  ['user', 'People'],
  ['token', 'API tokens'],
  ['session', 'Sessions'],
] as const;

export default function Audit() {
  const { items, nextCursor } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const dateClass = 'min-h-9 rounded border border-line-strong bg-surface px-2 text-sm';
  return (
    <Page title="Audit" lead="Every change, by whom and from where. Entries cannot be changed or removed.">
      <UrlFilters placeholder="Search who, what">
        <FilterSelect name="objectKind" label="About" options={KINDS} />
        <label className="inline-flex items-center gap-1.5 text-sm text-muted">
          from
          <input type="date" name="fromDay" defaultValue={params.get('fromDay') ?? ''} className={dateClass} />
        </label>
        <label className="inline-flex items-center gap-1.5 text-sm text-muted">
          to
          <input type="date" name="toDay" defaultValue={params.get('toDay') ?? ''} className={dateClass} />
        </label>
      </UrlFilters>
      <Card flush>
        {items.length === 0 ? (
          <Empty icon="audit" title="No entries">
            {params.size > 0 ? 'Change the search or the filters.' : 'What people and scripts change appears here.'}
          </Empty>
        ) : (
          <Table
            label="Audit entries"
            head={
              <>
                <Th>When</Th>
                <Th>Who</Th>
                <Th>What</Th>
                <Th>On</Th>
                <Th>From</Th>
                <Th>Details</Th>
              </>
            }
          >
            {items.map((entry) => (
              <Row key={entry.id} entry={entry} />
            ))}
          </Table>
        )}
        <LoadMore nextCursor={nextCursor} />
      </Card>
    </Page>
  );
}

function Row({ entry }: { entry: AuditEntry }) {
  const details = Object.keys(entry.details).length > 0 ? JSON.stringify(entry.details, null, 1) : null;
  return (
    <tr className="align-top">
      <Td className="text-muted">
        <Time at={entry.at} absolute />
      </Td>
      <Td>
        {entry.actorName}
        {entry.actorKind === 'user' ? null : <span className="text-xs text-muted"> ({entry.actorKind})</span>}
      </Td>
      <Td>
        <code className="font-mono text-xs">{entry.action}</code>
      </Td>
      <Td className="max-w-64 break-words">
        <ObjectLink entry={entry} />
      </Td>
      <Td className="whitespace-nowrap text-muted" title={entry.userAgent ?? undefined}>
        {entry.ip ?? '—'}
      </Td>
      <Td>
        {details ? (
          <details>
            <summary className="min-h-6 w-fit text-accent">Show</summary>
            <pre className="mt-1 max-w-96 overflow-x-auto rounded bg-sunken p-2 font-mono text-xs whitespace-pre-wrap">
              {details}
            </pre>
          </details>
        ) : (
          <span className="text-muted">—</span>
        )}
      </Td>
    </tr>
  );
}
