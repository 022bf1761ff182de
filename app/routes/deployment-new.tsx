import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';
import { useMemo, useRef, useState } from 'react';
import { PlaybookList, type Playbook } from '#common/contracts/playbooks.ts';
import type { Deployment } from '#common/contracts/deployments.ts';
import { readApi } from '../api/call-api.server.ts';
import { changeApi } from '../api/change-api.server.ts';
import { formText } from '../api/form-values.ts';
import { fieldError, problemFrom, type ApiProblem } from '../api/problem.ts';
import { readAllServers } from '../deployments/read-all-servers.server.ts';
import { ServerChoice, targetRefusal } from '../deployments/server-choice.tsx';
import { StartDialog } from '../deployments/start-dialog.tsx';
import { VariableFields } from '../deployments/variable-fields.tsx';
import { variablesFromForm } from '../deployments/variables-from-form.ts';
import { useMay } from '../shell/me-context.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Empty, ProblemNotice } from '../ui/empty.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { Card, Page } from '../ui/page.tsx';

export { PageErrorBoundary as ErrorBoundary } from '../shell/page-error-boundary.tsx';

export const meta: MetaFunction = () => [{ title: 'New deployment · Admiral' }];

export async function loader(door: LoaderFunctionArgs) {
  const [playbooks, servers] = await Promise.all([readApi(door, '/api/playbooks', PlaybookList), readAllServers(door)]);
  return { playbooks: playbooks.items, servers };
}

export async function action(door: ActionFunctionArgs): Promise<{ problem: ApiProblem }> {
  const form = await door.request.formData();
  const playbookId = formText(form, 'playbook');
  const { items } = await readApi(door, '/api/playbooks', PlaybookList);
  const playbook = items.find((one) => one.id === playbookId);
  if (!playbook) return { problem: { ...problemFrom(400, undefined), detail: 'Choose a playbook.' } };
  const result = await changeApi<Deployment>(door, 'POST', '/api/deployments', {
    name: formText(form, 'name'),
    playbook: playbookId,
    serverIds: form.getAll('serverIds'),
    variables: variablesFromForm(playbook.variables, form),
  });
  if (!result.ok) return { problem: result.problem };
  throw redirect(`/deployments/${result.data.id}`);
}

export default function NewDeployment() {
  const { playbooks, servers } = useLoaderData<typeof loader>();
  const problem = useActionData<typeof action>()?.problem;
  const [params] = useSearchParams();
  const isBusy = useNavigation().state !== 'idle';
  const run = useMay('deployments.run');
  const form = useRef<HTMLFormElement>(null);
  const [playbookId, setPlaybookId] = useState(() => params.get('playbook') ?? playbooks[0]?.id ?? '');
  const playbook = playbooks.find((one) => one.id === playbookId) ?? playbooks[0];
  const [chosen, setChosen] = useState<Set<string>>(() => {
    const asked = new Set(params.getAll('server'));
    return new Set(
      servers.filter((server) => asked.has(server.id) && targetRefusal(server) === null).map((server) => server.id),
    );
  });
  const [name, setName] = useState('');
  const [isAsking, setAsking] = useState(false);
  const targets = useMemo(() => servers.filter((server) => chosen.has(server.id)), [servers, chosen]);
  const suggestedName = playbook ? suggestName(playbook, targets) : '';
  const reason =
    run.reason ??
    (playbook ? null : 'There is no playbook.') ??
    (chosen.size === 0 ? 'Choose at least one server.' : null);

  if (servers.length === 0) {
    return (
      <Page title="New deployment">
        <Card>
          <Empty icon="server" title="No servers yet">
            <p className="mb-4">A deployment needs a server to run on.</p>
            <ButtonLink to="/servers/new" look="primary" icon="plus">
              Add server
            </ButtonLink>
          </Empty>
        </Card>
      </Page>
    );
  }
  return (
    <Page title="New deployment">
      <Form
        method="post"
        ref={form}
        className="grid max-w-4xl grid-cols-[minmax(0,1fr)] gap-4"
        onSubmit={(event) => {
          if (isAsking) return;
          event.preventDefault();
          if (reason === null) setAsking(true);
        }}
      >
        {problem ? <ProblemNotice problem={problem} title="The deployment was not started" /> : null}
        <Card title="Playbook">
          <div className="grid gap-4">
            <SelectField
              label="Playbook"
              name="playbook"
              value={playbook?.id ?? ''}
              onChange={(event) => {
                setPlaybookId(event.target.value);
              }}
              hint={playbook?.description}
              error={fieldError(problem, 'playbook')}
            >
              <PlaybookGroup label="Built-in" playbooks={playbooks.filter((one) => one.group === 'built-in')} />
              <PlaybookGroup label="Custom" playbooks={playbooks.filter((one) => one.group === 'custom')} />
            </SelectField>
            {playbook && playbook.variables.length > 0 ? (
              <VariableFields key={playbook.id} variables={playbook.variables} problem={problem} />
            ) : (
              <p className="text-sm text-muted">This playbook has no variables.</p>
            )}
          </div>
        </Card>
        <Card title="Servers">
          <ServerChoice servers={servers} chosen={chosen} onChange={setChosen} />
        </Card>
        <Card>
          <div className="grid gap-4">
            <TextField
              label="Name"
              name="name"
              required
              maxLength={200}
              autoComplete="off"
              value={name === '' ? suggestedName : name}
              onChange={(event) => {
                setName(event.target.value);
              }}
              hint="What others read in the list and the audit."
              error={fieldError(problem, 'name')}
            />
            <div className="flex flex-wrap justify-end gap-2">
              <ButtonLink to="/deployments">Back</ButtonLink>
              <Button type="submit" look="primary" icon="rocket" busy={isBusy} disabledReason={reason}>
                Deploy…
              </Button>
            </div>
          </div>
        </Card>
      </Form>
      <StartDialog
        open={isAsking && !isBusy}
        onOpenChange={setAsking}
        playbook={playbook?.label ?? ''}
        targets={targets}
        onStart={() => {
          form.current?.requestSubmit();
          setTimeout(() => {
            setAsking(false);
          }, 0);
        }}
      />
    </Page>
  );
}

function PlaybookGroup({ label, playbooks }: { label: string; playbooks: readonly Playbook[] }) {
  if (playbooks.length === 0) return null;
  return (
    <optgroup label={label}>
      {playbooks.map((playbook) => (
        <option key={playbook.id} value={playbook.id}>
          {playbook.label} ({playbook.id})
        </option>
      ))}
    </optgroup>
  );
}

function suggestName(playbook: Playbook, targets: readonly { displayName: string | null; hostname: string }[]): string {
  const [first] = targets;
  if (!first) return playbook.label;
  return targets.length === 1
    ? `${playbook.label} on ${first.displayName ?? first.hostname}`
    : `${playbook.label} on ${targets.length} servers`;
}
