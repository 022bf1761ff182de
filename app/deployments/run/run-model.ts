import type { DeploymentEvent } from '#common/contracts/deployments.ts';

export const CELL_STATES = ['running', 'ok', 'changed', 'failed', 'unreachable', 'skipped', 'ignored'] as const;
export type CellState = (typeof CELL_STATES)[number];

/** What one task came to on one host. */
export interface Cell {
  state: CellState;
  message: string | null;
  ms: number | null;
  at: string;
  tries: number | null;
}

export interface Task {
  /** Number in order of appearance, as the run counts. */
  number: number;
  name: string;
}

/** Tasks in order, and per host the cells by task number. Grows by events; `version` changes with every batch. */
export class RunModel {
  readonly tasks: Task[] = [];
  readonly cells = new Map<string, Map<number, Cell>>();
  version = 0;
  private readonly known = new Set<number>();
  private readonly numberOf = new Map<string, number>();

  apply(events: readonly DeploymentEvent[]): void {
    for (const event of events) this.applyOne(event);
    this.version += 1;
  }

  cellsOf(serverId: string): Map<number, Cell> {
    return this.cells.get(serverId) ?? new Map<number, Cell>();
  }

  private applyOne(event: DeploymentEvent): void {
    if (event.task === null) return;
    const number = this.taskNumber(event.task, event.data.task);
    if (event.serverId === null) return;
    const before = this.cells.get(event.serverId)?.get(number);
    const cell = cellFrom(event, before);
    if (!cell) return;
    const row = this.cells.get(event.serverId) ?? new Map<number, Cell>();
    row.set(number, cell);
    this.cells.set(event.serverId, row);
  }

  /** The run's own number where the event says it, else one by name. */
  private taskNumber(name: string, given: unknown): number {
    const number = typeof given === 'number' ? given : (this.numberOf.get(name) ?? this.tasks.length + 1);
    if (!this.known.has(number)) {
      this.known.add(number);
      this.numberOf.set(name, number);
      const at = this.tasks.findIndex((task) => task.number > number);
      this.tasks.splice(at === -1 ? this.tasks.length : at, 0, { number, name });
    }
    return number;
  }
}

function cellFrom({ kind, at, data }: DeploymentEvent, before: Cell | undefined): Cell | undefined {
  const message = typeof data.message === 'string' ? data.message : null;
  const ms = typeof data.ms === 'number' ? data.ms : null;
  const end = (state: CellState): Cell => ({ state, message, ms, at, tries: before?.tries ?? null });
  switch (kind) {
    case 'start':
      return before ?? { ...end('running'), tries: null };
    case 'retry':
      return { ...end('running'), tries: typeof data.tries === 'number' ? data.tries : null };
    case 'ok':
      return end(data.changed === true ? 'changed' : 'ok');
    case 'failed':
      return end(data.ignored === true ? 'ignored' : 'failed');
    case 'unreachable':
    case 'skipped':
      return end(kind);
    default:
      return undefined;
  }
}
