import { useEffect } from 'react';
import { toast } from 'sonner';
import type { ApiResult } from '../api/problem.ts';

/** Tells about the end of a change that a fetcher made: `done` where it went well, the problem where it did not. */
export function useResultToast(
  fetcher: { state: string; data: ApiResult<unknown> | undefined },
  done: string | null,
): void {
  const { state, data } = fetcher;
  useEffect(() => {
    if (state !== 'idle' || !data) return;
    if (!data.ok) toast.error(data.problem.detail);
    else if (done !== null) toast.success(done);
  }, [state, data, done]);
}
