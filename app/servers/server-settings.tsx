import { useFetcher } from '@remix-run/react';
import { useEffect, useState } from 'react';
import type { Server } from '#common/contracts/servers.ts';
import type { SshKey } from '#common/contracts/ssh-keys.ts';
import type { ApiResult } from '../api/problem.ts';
import { useMay } from '../shell/me-context.ts';
import { Button } from '../ui/button.tsx';
import { CopyLine } from '../ui/copy.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Notice, ProblemNotice } from '../ui/empty.tsx';
import { TextField } from '../ui/field.tsx';
import { Card } from '../ui/page.tsx';
import { useResultToast } from '../ui/use-result-toast.ts';
import { ServerFields } from './server-fields.tsx';
import { serverName } from './server-name.ts';

/** Edit, agent token, delete. */
export function ServerSettings({ server, keys }: { server: Server; keys: readonly SshKey[] }) {
  return (
    <>
      <EditCard server={server} keys={keys} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 lg:grid-cols-2">
        <AgentTokenCard />
        <DeleteCard server={server} />
      </div>
    </>
  );
}

function EditCard({ server, keys }: { server: Server; keys: readonly SshKey[] }) {
  const fetcher = useFetcher<ApiResult<unknown>>();
  const { reason } = useMay('servers.edit');
  useResultToast(fetcher, 'Saved.');
  const problem = fetcher.data && !fetcher.data.ok ? fetcher.data.problem : undefined;
  return (
    <Card title="Address and key">
      <fetcher.Form method="post" className="grid grid-cols-[minmax(0,1fr)] gap-4" key={server.updatedAt}>
        {problem ? <ProblemNotice problem={problem} /> : null}
        <ServerFields server={server} keys={keys} problem={problem} />
        <div className="flex flex-wrap items-center justify-between gap-2">
          <p className="text-xs text-muted">Another address forgets the accepted host key.</p>
          <Button type="submit" name="intent" value="edit" busy={fetcher.state !== 'idle'} disabledReason={reason}>
            Save
          </Button>
        </div>
      </fetcher.Form>
    </Card>
  );
}

function AgentTokenCard() {
  const fetcher = useFetcher<ApiResult<{ token: string }>>();
  const { reason } = useMay('servers.edit');
  const result = fetcher.state === 'idle' ? fetcher.data : undefined;
  return (
    <Card title="Agent token">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 text-sm">
        <p className="text-muted">
          A deployment installs the token by itself. A new one ends the old at once: the agent reports again after the
          next deployment, or when you put the new token on the host.
        </p>
        {result?.ok ? (
          <Notice tone="good" title="Shown once">
            <CopyLine text={result.data.token} label="Agent token" />
          </Notice>
        ) : null}
        {result && !result.ok ? <ProblemNotice problem={result.problem} /> : null}
        <fetcher.Form method="post">
          <Button
            type="submit"
            name="intent"
            value="agent-token"
            icon="refresh"
            busy={fetcher.state !== 'idle'}
            disabledReason={reason}
          >
            Make a new token
          </Button>
        </fetcher.Form>
      </div>
    </Card>
  );
}

function DeleteCard({ server }: { server: Server }) {
  const fetcher = useFetcher<ApiResult<unknown>>();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const { reason } = useMay('servers.edit');
  const name = serverName(server);
  useEffect(() => {
    if (!isOpen) setTyped('');
  }, [isOpen]);
  return (
    <Card title="Delete">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 text-sm">
        <p className="text-muted">
          Takes the server and its metrics out of Admiral. Nothing happens on the host: to remove the agent there, run
          “Remove the agent” first.
        </p>
        <div>
          <Button
            look="danger"
            icon="trash"
            disabledReason={reason}
            onClick={() => {
              setOpen(true);
            }}
          >
            Delete server…
          </Button>
        </div>
      </div>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Delete ${name}?`}
        description="Its metrics and its place in lists go. Audit entries and past deployments stay."
      >
        {fetcher.data && !fetcher.data.ok ? <ProblemNotice problem={fetcher.data.problem} /> : null}
        <fetcher.Form method="post" className="mt-2">
          {server.environment === 'production' ? (
            <TextField
              label={`Type ${name} to delete this production server`}
              autoComplete="off"
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
              }}
            />
          ) : null}
          <DialogActions>
            <Button
              onClick={() => {
                setOpen(false);
              }}
            >
              Keep
            </Button>
            <Button
              type="submit"
              look="danger"
              name="intent"
              value="delete"
              busy={fetcher.state !== 'idle'}
              disabledReason={server.environment === 'production' && typed !== name ? 'Type the name first.' : null}
            >
              Delete
            </Button>
          </DialogActions>
        </fetcher.Form>
      </Dialog>
    </Card>
  );
}
