import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import { UserPage, type User } from '#common/contracts/access.ts';
import { OnceDialog } from '../access/once-dialog.tsx';
import { PersonRow } from '../access/person-row.tsx';
import { RoleField } from '../access/role-field.tsx';
import { readApi } from '../api/call-api.server.ts';
import { changeApi } from '../api/change-api.server.ts';
import { formText } from '../api/form-values.ts';
import { listPath } from '../api/list-path.ts';
import { fieldError, type ApiResult } from '../api/problem.ts';
import { useMay } from '../shell/me-context.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { LoadMore } from '../ui/load-more.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Table, Th } from '../ui/table.tsx';

export { PageErrorBoundary as ErrorBoundary } from '../shell/page-error-boundary.tsx';

export const meta: MetaFunction = () => [{ title: 'People · Admiral' }];

export async function loader(door: LoaderFunctionArgs) {
  return readApi(door, listPath('/api/users', door.request.url, []), UserPage);
}

export async function action(door: ActionFunctionArgs): Promise<ApiResult<unknown>> {
  const form = await door.request.formData();
  const path = `/api/users/${encodeURIComponent(formText(form, 'id'))}`;
  switch (formText(form, 'intent')) {
    case 'role':
      return changeApi(door, 'PATCH', path, { role: formText(form, 'role') });
    case 'disable':
      return changeApi(door, 'PATCH', path, { disabled: true });
    case 'enable':
      return changeApi(door, 'PATCH', path, { disabled: false });
    default:
      return changeApi(door, 'POST', '/api/users', {
        email: formText(form, 'email'),
        name: formText(form, 'name'),
        role: formText(form, 'role'),
      });
  }
}

export default function People() {
  const { items, nextCursor } = useLoaderData<typeof loader>();
  const [params, setParams] = useSearchParams();
  const edit = useMay('users.edit');
  return (
    <Page
      title="People"
      lead="Who may sign in, and what they may do."
      actions={
        <Button
          look="primary"
          icon="plus"
          disabledReason={edit.reason}
          onClick={() => {
            setParams({ invite: '1' });
          }}
        >
          Invite
        </Button>
      }
    >
      <Card flush>
        <Table
          label="People"
          head={
            <>
              <Th>Person</Th>
              <Th>State</Th>
              <Th>Role</Th>
              <Th>Added</Th>
              <Th>
                <span className="sr-only">Access</span>
              </Th>
            </>
          }
        >
          {items.map((user) => (
            <PersonRow key={user.id} user={user} reason={edit.reason} />
          ))}
        </Table>
        <LoadMore nextCursor={nextCursor} />
      </Card>
      <OnceDialog<User & { inviteUrl: string }>
        open={edit.may && params.has('invite')}
        onClose={() => {
          setParams({}, { replace: true });
        }}
        title="Invite a person"
        description="Admiral sends no mail: you get a link to hand over."
        verb="Make the link"
        label="Invitation link"
        explanation="Hand this link over on a safe way. It works once, to set the password."
        secretOf={(answer) => answer.inviteUrl}
        fields={(problem) => (
          <>
            <TextField
              label="Name"
              name="name"
              required
              maxLength={120}
              autoComplete="off"
              error={fieldError(problem, 'name')}
            />
            <TextField
              label="E-mail"
              name="email"
              type="email"
              required
              autoComplete="off"
              error={fieldError(problem, 'email')}
            />
            <RoleField defaultRole="operator" error={fieldError(problem, 'role')} />
          </>
        )}
      />
    </Page>
  );
}
