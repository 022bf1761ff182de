import { Link } from '@remix-run/react';
import type { DeploymentHost } from '#common/contracts/deployments.ts';
import { duration } from '../../format/time.ts';
import { Badge, StateWord } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Notice } from '../../ui/empty.tsx';
import { HOST_LOOKS } from '../deployment-looks.ts';
import { CELL_LOOKS } from './cell-looks.ts';
import type { RunModel } from './run-model.ts';

/** What happened on one host, task by task. */
export function HostTasks({ host, model, onClose }: { host: DeploymentHost; model: RunModel; onClose: () => void }) {
  const cells = model.cellsOf(host.serverId);
  return (
    <section aria-label={`Tasks on ${host.serverName}`} className="flex h-full min-h-0 flex-col">
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-1.5">
        <IconButton label="Back to the output" icon="left" onClick={onClose} />
        <h2 className="min-w-0 truncate text-sm font-semibold">
          <Link to={`/servers/${host.serverId}`} className="hover:underline">
            {host.serverName}
          </Link>
        </h2>
        <Badge look={HOST_LOOKS[host.state]} />
        {host.startedAt && host.finishedAt ? (
          <span className="text-xs text-muted">
            {duration(new Date(host.finishedAt).getTime() - new Date(host.startedAt).getTime())}
          </span>
        ) : null}
      </header>
      <div className="min-h-0 grow overflow-y-auto" tabIndex={0} role="region" aria-label="Tasks of the host">
        {host.reason ? (
          <div className="p-3">
            <Notice tone="bad">{host.reason}</Notice>
          </div>
        ) : null}
        {cells.size === 0 ? <p className="px-4 py-6 text-sm text-muted">No task has begun on this host.</p> : null}
        <ol className="divide-y divide-line">
          {model.tasks.map((task) => {
            const cell = cells.get(task.number);
            return cell ? (
              <li key={task.number} className="grid gap-1 px-4 py-2 text-sm">
                <div className="flex flex-wrap items-baseline justify-between gap-x-4">
                  <span className="min-w-0 break-words">{task.name}</span>
                  <span className="flex items-center gap-3">
                    {cell.tries ? <span className="text-xs text-muted">{cell.tries} tries</span> : null}
                    {cell.ms === null ? null : <span className="text-xs text-muted">{duration(cell.ms)}</span>}
                    <StateWord look={CELL_LOOKS[cell.state]} />
                  </span>
                </div>
                {cell.message ? (
                  <pre className="overflow-x-auto rounded bg-sunken px-2.5 py-1.5 font-mono text-xs whitespace-pre-wrap">
                    {cell.message}
                  </pre>
                ) : null}
              </li>
            ) : null;
          })}
        </ol>
      </div>
    </section>
  );
}
