import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import { SshKeyPage, type SshKey } from '#common/contracts/ssh-keys.ts';
import { readApi } from '../api/call-api.server.ts';
import { changeApi } from '../api/change-api.server.ts';
import { formOptional, formText } from '../api/form-values.ts';
import type { ApiResult } from '../api/problem.ts';
import { AddKeyDialog, type AddKeyKind } from '../keys/add-key-dialog.tsx';
import { counted } from '../format/quantity.ts';
import { useMay } from '../shell/me-context.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { CopyLine } from '../ui/copy.tsx';
import { Empty } from '../ui/empty.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';

export { PageErrorBoundary as ErrorBoundary } from '../shell/page-error-boundary.tsx';

export const meta: MetaFunction = () => [{ title: 'SSH keys · Admiral' }];

export async function loader(door: LoaderFunctionArgs) {
  return readApi(door, '/api/ssh-keys?limit=200', SshKeyPage);
}

export async function action(door: ActionFunctionArgs): Promise<ApiResult<unknown>> {
  const form = await door.request.formData();
  if (form.get('intent') === 'delete')
    return changeApi(door, 'DELETE', `/api/ssh-keys/${encodeURIComponent(formText(form, 'id'))}`);
  const name = formText(form, 'name');
  const generate = formOptional(form, 'generate');
  // A passphrase may end in blanks: it is taken as it is.
  const passphrase = formText(form, 'passphrase');
  return changeApi<SshKey>(
    door,
    'POST',
    '/api/ssh-keys',
    generate
      ? { name, generate }
      : { name, privateKey: formText(form, 'privateKey'), ...(passphrase === '' ? {} : { passphrase }) },
  );
}

export default function Keys() {
  const { items } = useLoaderData<typeof loader>();
  const [params, setParams] = useSearchParams();
  const edit = useMay('keys.edit');
  const asked = params.get('add');
  const kind: AddKeyKind | null = edit.may && (asked === 'generate' || asked === 'import') ? asked : null;
  const ask = (next: AddKeyKind | null) => {
    setParams(next === null ? {} : { add: next }, { preventScrollReset: true, replace: next === null });
  };
  const add = (
    <>
      <Button
        disabledReason={edit.reason}
        onClick={() => {
          ask('import');
        }}
      >
        Import
      </Button>
      <Button
        look="primary"
        icon="plus"
        disabledReason={edit.reason}
        onClick={() => {
          ask('generate');
        }}
      >
        Generate key
      </Button>
    </>
  );
  return (
    <Page
      title="SSH keys"
      lead="What Admiral signs in with. Private halves are sealed; no page and no API shows them."
      actions={items.length > 0 ? add : null}
    >
      {items.length === 0 ? (
        <Card>
          <Empty icon="key" title="No keys yet">
            <p className="mb-4">
              Generate one here and put its public line on your hosts, or import the key they know already.
            </p>
            <span className="inline-flex gap-2">{add}</span>
          </Empty>
        </Card>
      ) : (
        <ul className="grid grid-cols-[minmax(0,1fr)] gap-3" aria-label="SSH keys">
          {items.map((key) => (
            <li key={key.id}>
              <KeyCard sshKey={key} reason={edit.reason} />
            </li>
          ))}
        </ul>
      )}
      <AddKeyDialog
        kind={kind}
        onClose={() => {
          ask(null);
        }}
      />
    </Page>
  );
}

function KeyCard({ sshKey, reason }: { sshKey: SshKey; reason: string | null }) {
  const inUse =
    sshKey.serverCount > 0
      ? `${counted(sshKey.serverCount, 'server')} ${sshKey.serverCount === 1 ? 'uses' : 'use'} it. Give them another key first.`
      : null;
  return (
    <Card
      title={
        <span className="flex flex-wrap items-baseline gap-x-3">
          {sshKey.name}
          <span className="text-xs font-normal text-muted">
            {sshKey.type} · {counted(sshKey.serverCount, 'server')} · added <Time at={sshKey.createdAt} />
          </span>
        </span>
      }
      actions={
        <ConfirmButton
          label="Delete"
          fields={{ intent: 'delete', id: sshKey.id }}
          title={`Delete the key “${sshKey.name}”?`}
          description="Its private half is gone for good. Hosts that know it still do: take its line out of authorized_keys there."
          verb="Delete key"
          done={`Key “${sshKey.name}” is deleted.`}
          disabledReason={reason ?? inUse}
        />
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
        <p className="font-mono text-xs break-all text-muted">{sshKey.fingerprint}</p>
        <CopyLine text={sshKey.publicKey} label={`Public key ${sshKey.name}`} />
      </div>
    </Card>
  );
}
