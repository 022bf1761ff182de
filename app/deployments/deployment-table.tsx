import { Link } from '@remix-run/react';
import type { DeploymentSummary } from '#common/contracts/deployments.ts';
import { counted } from '../format/quantity.ts';
import { duration } from '../format/time.ts';
import { StateWord } from '../ui/badge.tsx';
import { Table, Td, Th } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { CountsBar } from './counts-bar.tsx';
import { DEPLOYMENT_LOOKS } from './deployment-looks.ts';

/** Deployments as rows on wide screens and as cards on narrow ones. */
export function DeploymentTable({
  deployments,
  label = 'Deployments',
}: {
  deployments: readonly DeploymentSummary[];
  label?: string;
}) {
  return (
    <>
      <div className="hidden md:block">
        <Table
          label={label}
          head={
            <>
              <Th>Name</Th>
              <Th>State</Th>
              <Th className="min-w-44">Hosts</Th>
              <Th>Started by</Th>
              <Th>Created</Th>
              <Th>Took</Th>
            </>
          }
        >
          {deployments.map((one) => (
            <tr key={one.id} className="hover:bg-hover/60">
              <th scope="row" className="w-full max-w-0 min-w-56 px-4 py-1.5 text-left font-normal">
                <Name deployment={one} />
              </th>
              <Td>
                <StateWord look={DEPLOYMENT_LOOKS[one.state]} />
              </Td>
              <Td>
                <Hosts deployment={one} />
              </Td>
              <Td className="max-w-40 truncate text-muted">{one.actorName}</Td>
              <Td className="text-muted">
                <Time at={one.createdAt} />
              </Td>
              <Td className="whitespace-nowrap text-muted">{took(one) ?? '—'}</Td>
            </tr>
          ))}
        </Table>
      </div>
      <ul className="divide-y divide-line md:hidden">
        {deployments.map((one) => (
          <li key={one.id} className="grid grid-cols-[minmax(0,1fr)] gap-2 px-4 py-3 text-sm">
            <div className="flex items-start justify-between gap-3">
              <Name deployment={one} />
              <StateWord look={DEPLOYMENT_LOOKS[one.state]} />
            </div>
            <Hosts deployment={one} />
            <p className="text-xs text-muted">
              {one.actorName}, <Time at={one.createdAt} />
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

function Name({ deployment }: { deployment: DeploymentSummary }) {
  return (
    <div className="min-w-0">
      <Link
        to={`/deployments/${deployment.id}`}
        prefetch="intent"
        className="block truncate font-medium hover:text-accent hover:underline"
      >
        {deployment.name}
      </Link>
      <p className="truncate text-xs text-muted">
        {deployment.playbook}
        {deployment.isDemo ? ' · demo' : ''}
        {deployment.waitingFor && deployment.state !== 'running' ? ` · ${deployment.waitingFor}` : ''}
      </p>
    </div>
  );
}

function Hosts({ deployment: { counts, hostCount } }: { deployment: DeploymentSummary }) {
  const bad = counts.failed + counts.unreachable + counts.unknown;
  return (
    <div className="grid gap-1">
      <span className="text-xs text-muted">
        {counted(hostCount, 'host')}
        {bad > 0 ? <span className="text-bad"> · {bad} not well</span> : null}
      </span>
      <CountsBar counts={counts} total={hostCount} />
    </div>
  );
}

function took({ startedAt, finishedAt }: DeploymentSummary): string | null {
  return startedAt && finishedAt ? duration(new Date(finishedAt).getTime() - new Date(startedAt).getTime()) : null;
}
