import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import type { DeploymentHost } from '#common/contracts/deployments.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Icon } from '../../ui/icon.tsx';
import { CELL_LOOKS } from './cell-looks.ts';
import { moved, type Place } from './matrix-move.ts';
import { MatrixCaption } from './matrix-caption.tsx';
import type { Cell, RunModel } from './run-model.ts';

const SIZE = 26;
const NAME_WIDTH = 176;

const CELL_TONES: Record<Tone, string> = {
  good: 'bg-good-soft text-good',
  change: 'bg-change-soft text-change',
  bad: 'bg-bad text-surface',
  active: 'bg-active-soft text-active',
  odd: 'bg-odd-soft text-odd',
  quiet: 'text-muted',
};

/**
 * Hosts × tasks: one small field each, rows virtual, so that a thousand hosts stay light. Arrow keys move, and what stands in the field
 * is said in words below.
 */
export function TaskMatrix({
  hosts,
  model,
  onSelect,
}: {
  hosts: readonly DeploymentHost[];
  model: RunModel;
  onSelect: (serverId: string) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const [place, setPlace] = useState<Place>({ row: 0, column: 0 });
  const { tasks } = model;
  const rows = useVirtualizer({
    count: hosts.length,
    getScrollElement: () => box.current,
    estimateSize: () => SIZE,
    overscan: 20,
    scrollPaddingStart: SIZE + 8,
  });
  const columns = useVirtualizer({
    horizontal: true,
    count: tasks.length,
    getScrollElement: () => box.current,
    estimateSize: () => SIZE,
    overscan: 20,
    paddingStart: NAME_WIDTH,
    scrollPaddingStart: NAME_WIDTH,
  });
  const { row, column } = place;
  useEffect(() => {
    if (document.activeElement !== box.current) return;
    rows.scrollToIndex(row);
    columns.scrollToIndex(column);
  }, [row, column, rows, columns]);

  const move = (event: KeyboardEvent) => {
    const next = moved(place, event, hosts.length, tasks.length);
    if (!next) {
      const host = hosts[row];
      if (event.key === 'Enter' && host) onSelect(host.serverId);
      return;
    }
    event.preventDefault();
    setPlace(next);
  };
  const host = hosts[row];
  const task = tasks[column];
  if (tasks.length === 0) return <p className="px-4 py-6 text-sm text-muted">No task has begun yet.</p>;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div
        ref={box}
        role="grid"
        aria-label="Hosts and tasks"
        aria-rowcount={hosts.length + 1}
        aria-colcount={tasks.length + 1}
        aria-activedescendant={`${id}-${row}-${column}`}
        tabIndex={0}
        onKeyDown={move}
        className="group relative min-h-0 grow overflow-auto -outline-offset-2"
      >
        <div className="relative" style={{ height: rows.getTotalSize() + SIZE, width: columns.getTotalSize() }}>
          <div
            role="row"
            aria-rowindex={1}
            className="sticky top-0 z-10 border-b border-line bg-surface"
            style={{ height: SIZE }}
          >
            <span
              role="columnheader"
              aria-colindex={1}
              className="sticky left-0 z-10 inline-block bg-surface px-3 text-xs leading-6.5 font-medium text-muted"
              style={{ width: NAME_WIDTH }}
            >
              Host
            </span>
            {columns.getVirtualItems().map(({ index, start }) => (
              <span
                key={index}
                role="columnheader"
                aria-colindex={index + 2}
                title={tasks[index]?.name}
                className={`absolute top-0 text-center text-xs leading-6.5 ${index === column ? 'font-semibold text-text' : 'text-muted'}`}
                style={{ left: start, width: SIZE }}
              >
                <span aria-hidden="true">{tasks[index]?.number}</span>
                <span className="sr-only">{tasks[index]?.name}</span>
              </span>
            ))}
          </div>
          {rows.getVirtualItems().map(({ index, start }) => {
            const one = hosts[index];
            if (!one) return null;
            const cells = model.cellsOf(one.serverId);
            return (
              <div
                key={one.serverId}
                role="row"
                aria-rowindex={index + 2}
                className="absolute left-0 w-full"
                style={{ top: start + SIZE, height: SIZE }}
              >
                <span
                  role="rowheader"
                  aria-colindex={1}
                  className={`sticky left-0 z-[5] inline-block truncate bg-surface px-3 text-xs leading-6.5 ${index === row ? 'font-semibold' : ''}`}
                  style={{ width: NAME_WIDTH }}
                >
                  {one.serverName}
                </span>
                {columns.getVirtualItems().map((item) => {
                  const here = tasks[item.index];
                  return (
                    <Field
                      key={item.index}
                      id={`${id}-${index}-${item.index}`}
                      cell={here ? cells.get(here.number) : undefined}
                      isCurrent={index === row && item.index === column}
                      column={item.index}
                      left={item.start}
                      onPress={() => {
                        setPlace({ row: index, column: item.index });
                        box.current?.focus();
                      }}
                    />
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
      {host && task ? (
        <MatrixCaption
          host={host}
          task={task}
          cell={model.cellsOf(host.serverId).get(task.number)}
          onSelect={onSelect}
        />
      ) : null}
    </div>
  );
}

function Field({
  id,
  cell,
  isCurrent,
  column,
  left,
  onPress,
}: {
  id: string;
  cell: Cell | undefined;
  isCurrent: boolean;
  column: number;
  left: number;
  onPress: () => void;
}) {
  const look = cell ? CELL_LOOKS[cell.state] : null;
  return (
    <span
      id={id}
      role="gridcell"
      aria-colindex={column + 2}
      aria-selected={isCurrent}
      onClick={onPress}
      className="absolute top-0 grid cursor-pointer place-items-center"
      style={{ left, width: SIZE, height: SIZE }}
    >
      <span
        className={`grid size-5.5 place-items-center rounded-sm ${look ? CELL_TONES[look.tone] : ''} ${isCurrent ? 'outline-2 outline-focus' : ''}`}
      >
        {look ? <Icon name={look.icon} size={12} /> : <span className="size-1 rounded-full bg-line" />}
        <span className="sr-only">{look?.word ?? 'not begun'}</span>
      </span>
    </span>
  );
}
