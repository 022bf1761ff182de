import { useRevalidator } from '@remix-run/react';
import { createContext, useContext, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { ServerToBrowser } from '#common/contracts/live.ts';
import { IDLE, LiveLine, type LineState, type LiveEvent } from './live-line.ts';

const LiveContext = createContext<LiveLine | null>(null);

/** Opens the live line once for all signed-in pages. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const revalidator = useRevalidator();
  const revalidate = useRef(revalidator.revalidate);
  revalidate.current = revalidator.revalidate;
  const [line] = useState(
    () =>
      new LiveLine(() => {
        revalidate.current();
      }),
  );
  useEffect(() => {
    void line.open();
    return () => {
      line.close();
    };
  }, [line]);
  return <LiveContext.Provider value={line}>{children}</LiveContext.Provider>;
}

export function useLiveLine(): LiveLine {
  const line = useContext(LiveContext);
  if (!line) throw new Error('useLiveLine needs a LiveProvider above it');
  return line;
}

export function useLineState(): LineState {
  const line = useLiveLine();
  return useSyncExternalStore(line.watch, line.read, () => IDLE);
}

/** Joins a room while the component is shown. */
export function useRoom(room: string | null): void {
  const line = useLiveLine();
  useEffect(() => (room === null ? undefined : line.enter(room)), [line, room]);
}

/** Calls the newest `handler` for each update of a kind. */
export function useLiveEvent<E extends LiveEvent>(event: E, handler: ServerToBrowser[E]): void {
  const line = useLiveLine();
  const newest = useRef(handler);
  newest.current = handler;
  useEffect(
    () =>
      line.on(event, ((update: never) => {
        (newest.current as (update: never) => void)(update);
      }) as ServerToBrowser[E]),
    [line, event],
  );
}
