import type { Look } from '../../ui/badge.tsx';
import type { CellState } from './run-model.ts';

export const CELL_LOOKS: Record<CellState, Look> = {
  running: { word: 'Running', icon: 'spinner', tone: 'active' },
  ok: { word: 'OK', icon: 'check', tone: 'good' },
  changed: { word: 'Changed', icon: 'change', tone: 'change' },
  failed: { word: 'Failed', icon: 'cross', tone: 'bad' },
  unreachable: { word: 'Unreachable', icon: 'offline', tone: 'bad' },
  skipped: { word: 'Skipped', icon: 'skip', tone: 'quiet' },
  ignored: { word: 'Failed, ignored', icon: 'alert', tone: 'quiet' },
};
