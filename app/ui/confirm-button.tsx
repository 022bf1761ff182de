import { useFetcher } from '@remix-run/react';
import { useEffect, useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { ApiResult } from '../api/problem.ts';
import { Button } from './button.tsx';
import { Dialog, DialogActions } from './dialog.tsx';
import { ProblemNotice } from './empty.tsx';

/** A change that asks once: the question, what it means, and the verb. */
export function ConfirmButton({
  label,
  fields,
  title,
  description,
  verb,
  done,
  disabledReason,
}: {
  label: string;
  /** Values that the form sends. */
  fields: Record<string, string>;
  title: string;
  description: ReactNode;
  verb: string;
  /** Said when it is done. */
  done: string;
  disabledReason?: string | null;
}) {
  const fetcher = useFetcher<ApiResult<unknown>>();
  const [isOpen, setOpen] = useState(false);
  const { state, data } = fetcher;
  useEffect(() => {
    if (state !== 'idle' || !data?.ok) return;
    setOpen(false);
    toast.success(done);
  }, [state, data, done]);
  return (
    <>
      <Button
        look="quiet"
        className="text-bad!"
        disabledReason={disabledReason}
        onClick={() => {
          setOpen(true);
        }}
      >
        {label}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={title} description={description}>
        {data && !data.ok ? <ProblemNotice problem={data.problem} /> : null}
        <fetcher.Form method="post">
          {Object.entries(fields).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <DialogActions>
            <Button
              onClick={() => {
                setOpen(false);
              }}
            >
              Back
            </Button>
            <Button type="submit" look="danger" busy={state !== 'idle'}>
              {verb}
            </Button>
          </DialogActions>
        </fetcher.Form>
      </Dialog>
    </>
  );
}
