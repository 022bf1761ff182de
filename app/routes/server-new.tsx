import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, useActionData, useFetcher, useLoaderData, useNavigation } from '@remix-run/react';
import { SshKeyPage, type SshKey } from '#common/contracts/ssh-keys.ts';
import type { Server } from '#common/contracts/servers.ts';
import { tryReadApi } from '../api/call-api.server.ts';
import { changeApi } from '../api/change-api.server.ts';
import type { ApiProblem, ApiResult } from '../api/problem.ts';
import { serverFromForm } from '../servers/server-form.ts';
import { ServerFields } from '../servers/server-fields.tsx';
import { useMay } from '../shell/me-context.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { CopyLine } from '../ui/copy.tsx';
import { Notice, ProblemNotice } from '../ui/empty.tsx';
import { Card, Page } from '../ui/page.tsx';

export { PageErrorBoundary as ErrorBoundary } from '../shell/page-error-boundary.tsx';

export const meta: MetaFunction = () => [{ title: 'Add a server · Admiral' }];

export async function loader(door: LoaderFunctionArgs) {
  const keys = await tryReadApi(door, '/api/ssh-keys?limit=200', SshKeyPage);
  return { keys: keys.ok ? keys.data.items : [], keysProblem: keys.ok ? null : keys.problem };
}

type Answer = { kind: 'server'; problem: ApiProblem } | { kind: 'key'; result: ApiResult<SshKey> };

export async function action(door: ActionFunctionArgs): Promise<Answer> {
  const form = await door.request.formData();
  if (form.get('intent') === 'generate') {
    const body = { name: 'fleet', generate: 'ed25519' };
    return { kind: 'key', result: await changeApi<SshKey>(door, 'POST', '/api/ssh-keys', body) };
  }
  const result = await changeApi<Server>(door, 'POST', '/api/servers', serverFromForm(form));
  if (!result.ok) return { kind: 'server', problem: result.problem };
  throw redirect(`/servers/${result.data.id}?tab=connection`);
}

export default function AddServer() {
  const { keys, keysProblem } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const key = useFetcher<typeof action>();
  const edit = useMay('servers.edit');
  const keyEdit = useMay('keys.edit');
  const isBusy = useNavigation().state === 'submitting';
  const problem = answer?.kind === 'server' ? answer.problem : undefined;
  const made = key.data?.kind === 'key' ? key.data.result : undefined;
  const generated = made?.ok ? made.data : undefined;
  return (
    <Page
      title="Add a server"
      lead="It is saved also when it cannot be reached yet. The next step tests the connection; nothing is changed on the host."
    >
      <div className="grid grid-cols-[minmax(0,1fr)] max-w-3xl gap-4">
        {keysProblem ? <ProblemNotice problem={keysProblem} title="The keys could not be read" /> : null}
        {keys.length === 0 && !keysProblem ? (
          <Notice tone="active" title="First, a key">
            <p className="mb-2">
              Admiral signs in with an SSH key. Its private half stays sealed in Admiral and is never shown.
            </p>
            <key.Form method="post" className="flex flex-wrap gap-2">
              <Button
                type="submit"
                name="intent"
                value="generate"
                look="primary"
                icon="key"
                busy={key.state !== 'idle'}
                disabledReason={keyEdit.reason}
              >
                Generate a key
              </Button>
              <ButtonLink to="/keys?add=import">Import one</ButtonLink>
            </key.Form>
          </Notice>
        ) : null}
        {made && !made.ok ? <ProblemNotice problem={made.problem} /> : null}
        {generated ? (
          <Notice tone="good" title={`Key “${generated.name}” is made`}>
            <p className="mb-2">
              On the host, add this line to <code className="font-mono text-xs">~/.ssh/authorized_keys</code> of the SSH
              user:
            </p>
            <CopyLine text={generated.publicKey} label="Public key" />
          </Notice>
        ) : null}
        {problem ? <ProblemNotice problem={problem} title="The server was not added" /> : null}
        <Card>
          <Form method="post" className="grid gap-5" key={generated?.id ?? 'form'}>
            <ServerFields keys={keys} problem={problem} chosenKey={generated?.id} />
            <div className="flex flex-wrap justify-end gap-2">
              <ButtonLink to="/servers">Back</ButtonLink>
              <Button type="submit" look="primary" busy={isBusy} disabledReason={edit.reason}>
                Add server
              </Button>
            </div>
          </Form>
        </Card>
      </div>
    </Page>
  );
}
