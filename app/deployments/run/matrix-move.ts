import type { KeyboardEvent } from 'react';

/** A field of the matrix. */
export interface Place {
  row: number;
  column: number;
}

/** Where a key leads from a field; null for keys that do not move. */
export function moved({ row, column }: Place, event: KeyboardEvent, rows: number, columns: number): Place | null {
  const clamp = (value: number, size: number) => Math.max(0, Math.min(size - 1, value));
  const at = (nextRow: number, nextColumn: number): Place => ({
    row: clamp(nextRow, rows),
    column: clamp(nextColumn, columns),
  });
  switch (event.key) {
    case 'ArrowDown':
      return at(row + 1, column);
    case 'ArrowUp':
      return at(row - 1, column);
    case 'ArrowRight':
      return at(row, column + 1);
    case 'ArrowLeft':
      return at(row, column - 1);
    case 'PageDown':
      return at(row + 20, column);
    case 'PageUp':
      return at(row - 20, column);
    case 'Home':
      return at(event.ctrlKey ? 0 : row, 0);
    case 'End':
      return at(event.ctrlKey ? rows - 1 : row, columns - 1);
    default:
      return null;
  }
}
