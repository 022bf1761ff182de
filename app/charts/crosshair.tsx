import { createContext, useContext, useState, useSyncExternalStore, type ReactNode } from 'react';

/** The instant under the cursor (epoch ms), shared by all charts of a page; null when there is none. */
class Crosshair {
  private at: number | null = null;
  private readonly listeners = new Set<() => void>();

  read = (): number | null => this.at;

  watch = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  move(at: number | null): void {
    if (at === this.at) return;
    this.at = at;
    for (const listener of this.listeners) listener();
  }
}

const CrosshairContext = createContext<Crosshair | null>(null);

export function CrosshairProvider({ children }: { children: ReactNode }) {
  const [crosshair] = useState(() => new Crosshair());
  return <CrosshairContext.Provider value={crosshair}>{children}</CrosshairContext.Provider>;
}

export function useCrosshair(): [at: number | null, move: (at: number | null) => void] {
  const crosshair = useContext(CrosshairContext);
  if (!crosshair) throw new Error('useCrosshair needs a CrosshairProvider above it');
  const at = useSyncExternalStore(crosshair.watch, crosshair.read, () => null);
  return [
    at,
    (next) => {
      crosshair.move(next);
    },
  ];
}
