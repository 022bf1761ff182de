import { useRevalidator } from '@remix-run/react';
import { useCallback, useEffect, useRef } from 'react';
import { useLineState } from './live-context.tsx';

/**
 * Returns a function that loads the page's data again, at most once per `everyMs` however often it is called.
 * Does so by itself after the live line was down or paused.
 */
export function useFreshPage(everyMs: number): () => void {
  const { revalidate } = useRevalidator();
  const { generation } = useLineState();
  const last = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const refresh = useCallback(() => {
    if (timer.current !== undefined) return;
    const wait = Math.max(0, last.current + everyMs - Date.now());
    timer.current = setTimeout(() => {
      timer.current = undefined;
      last.current = Date.now();
      revalidate();
    }, wait);
  }, [everyMs, revalidate]);

  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  // The first connection is generation 1: the page was loaded a moment ago.
  useEffect(() => {
    if (generation > 1) refresh();
  }, [generation, refresh]);
  return refresh;
}
