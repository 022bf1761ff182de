import type { DeploymentHost } from '#common/contracts/deployments.ts';
import { duration } from '../../format/time.ts';
import { StateWord } from '../../ui/badge.tsx';
import { CELL_LOOKS } from './cell-looks.ts';
import type { Cell, Task } from './run-model.ts';

/** The chosen field in words. */
export function MatrixCaption({
  host,
  task,
  cell,
  onSelect,
}: {
  host: DeploymentHost;
  task: Task;
  cell: Cell | undefined;
  onSelect: (serverId: string) => void;
}) {
  return (
    <div className="grid gap-1 border-t border-line bg-sunken px-3 py-2 text-sm" role="status">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
        <button
          type="button"
          className="min-h-6 font-medium hover:underline"
          onClick={() => {
            onSelect(host.serverId);
          }}
        >
          {host.serverName}
        </button>
        <span className="text-muted">
          {task.number}. {task.name}
        </span>
        {cell ? <StateWord look={CELL_LOOKS[cell.state]} /> : <span className="text-muted">not begun</span>}
        {cell && cell.ms !== null ? <span className="text-xs text-muted">{duration(cell.ms)}</span> : null}
      </div>
      {cell?.message ? (
        <pre className="max-h-24 overflow-y-auto font-mono text-xs whitespace-pre-wrap">{cell.message}</pre>
      ) : null}
    </div>
  );
}
