import { useFetcher } from '@remix-run/react';
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import { permissionFor, refusalOf } from '#common/domain/deployment-actions.ts';
import type { DeploymentState, HostCounts } from '#common/domain/states.ts';
import type { ApiResult } from '../api/problem.ts';
import { counted } from '../format/quantity.ts';
import { useMay } from '../shell/me-context.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { ProblemNotice } from '../ui/empty.tsx';

/** Cancel, after one question. */
export function CancelButton({ state, counts }: { state: DeploymentState; counts: HostCounts }) {
  const fetcher = useFetcher<ApiResult<unknown>>();
  const [isOpen, setOpen] = useState(false);
  const { reason } = useMay(permissionFor('cancel'));
  const isDone = fetcher.state === 'idle' && fetcher.data?.ok === true;
  useEffect(() => {
    if (!isDone) return;
    setOpen(false);
    toast.success('The deployment is being cancelled.');
  }, [isDone]);
  return (
    <>
      <Button
        look="danger"
        icon="stop"
        disabledReason={reason ?? refusalOf('cancel', state)}
        onClick={() => {
          setOpen(true);
        }}
      >
        Cancel
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Cancel this deployment?"
        description={
          <>
            {counts.running > 0
              ? `${counted(counts.running, 'host')} will be stopped in the middle of a task and end as “unknown”. `
              : 'No host is running right now. '}
            {counts.pending > 0 ? `${counted(counts.pending, 'host')} will not be started.` : ''}
          </>
        }
      >
        {fetcher.data && !fetcher.data.ok ? <ProblemNotice problem={fetcher.data.problem} /> : null}
        <fetcher.Form method="post">
          <DialogActions>
            <Button
              onClick={() => {
                setOpen(false);
              }}
            >
              Let it run
            </Button>
            <Button type="submit" look="danger" name="intent" value="cancel" busy={fetcher.state !== 'idle'}>
              Cancel the deployment
            </Button>
          </DialogActions>
        </fetcher.Form>
      </Dialog>
    </>
  );
}

/** Consent to run interrupted hosts again. */
export function ContinueButton({ state }: { state: DeploymentState }) {
  const fetcher = useFetcher<ApiResult<unknown>>();
  const { reason } = useMay(permissionFor('continue'));
  useEffect(() => {
    if (fetcher.state !== 'idle' || !fetcher.data) return;
    if (fetcher.data.ok) toast.success('The deployment goes on.');
    else toast.error(fetcher.data.problem.detail);
  }, [fetcher.state, fetcher.data]);
  return (
    <fetcher.Form method="post">
      <Button
        type="submit"
        look="primary"
        icon="play"
        name="intent"
        value="continue"
        busy={fetcher.state !== 'idle'}
        disabledReason={reason ?? refusalOf('continue', state)}
      >
        Run the interrupted hosts again
      </Button>
    </fetcher.Form>
  );
}
