import { useFetcher } from '@remix-run/react';
import type { Demo } from '#common/contracts/demo.ts';
import type { ApiResult } from '../api/problem.ts';
import { useMay } from '../shell/me-context.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { Notice, ProblemNotice } from '../ui/empty.tsx';
import { Card } from '../ui/page.tsx';

/** Ways to a first look without a server of one's own. */
export function WithoutServer() {
  const fetcher = useFetcher<ApiResult<unknown>>();
  const { reason } = useMay('servers.edit');
  const isBusy = fetcher.state !== 'idle';
  const asked = fetcher.formData?.get('intent');
  return (
    <Card title="No server at hand?">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {fetcher.data && !fetcher.data.ok ? <ProblemNotice problem={fetcher.data.problem} /> : null}
        <fetcher.Form method="post" className="grid gap-4 sm:grid-cols-2">
          <div className="grid content-between gap-2">
            <p className="text-sm text-muted">
              Watch the machine that Admiral runs on: its agent starts without root. It is never a target of
              deployments.
            </p>
            <div>
              <Button
                type="submit"
                name="intent"
                value="watch"
                busy={isBusy && asked === 'watch'}
                disabledReason={reason}
              >
                Watch this machine
              </Button>
            </div>
          </div>
          <div className="grid content-between gap-2">
            <p className="text-sm text-muted">
              Fill Admiral with 20 clearly marked demo servers and a week of history. One press removes them.
            </p>
            <div>
              <Button
                type="submit"
                name="intent"
                value="demo"
                busy={isBusy && asked === 'demo'}
                disabledReason={reason}
              >
                Add demo servers
              </Button>
            </div>
          </div>
        </fetcher.Form>
      </div>
    </Card>
  );
}

/** Says that there are demo servers, and takes them away. */
export function DemoNotice({ demo }: { demo: Demo }) {
  const { reason } = useMay('servers.edit');
  if (demo.state === 'none') return null;
  const text = {
    filling: `Demo servers are being filled: ${demo.progressPercent ?? 0} %.`,
    live: 'Demo servers are shown. Nothing about them is real.',
    removing: 'The demo servers are being removed.',
  }[demo.state];
  return (
    <Notice tone="active">
      <span className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        {text}
        {demo.state === 'removing' ? null : (
          <ConfirmButton
            label="Remove the demo"
            fields={{ intent: 'remove-demo' }}
            title="Remove the demo servers?"
            description="They, their history and their deployments go. Audit entries stay."
            verb="Remove"
            done="The demo is being removed."
            disabledReason={reason}
          />
        )}
      </span>
    </Notice>
  );
}
