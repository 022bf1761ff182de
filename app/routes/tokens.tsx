import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import { TokenPage, type Token } from '#common/contracts/access.ts';
import { OnceDialog } from '../access/once-dialog.tsx';
import { RoleField, ROLE_WORDS } from '../access/role-field.tsx';
import { readApi } from '../api/call-api.server.ts';
import { changeApi } from '../api/change-api.server.ts';
import { formText } from '../api/form-values.ts';
import { listPath } from '../api/list-path.ts';
import { fieldError, type ApiResult } from '../api/problem.ts';
import { useMay } from '../shell/me-context.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { Empty } from '../ui/empty.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { LoadMore } from '../ui/load-more.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Table, Td, Th } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';

export { PageErrorBoundary as ErrorBoundary } from '../shell/page-error-boundary.tsx';

export const meta: MetaFunction = () => [{ title: 'API tokens · Admiral' }];

const DAY_MS = 86_400_000;

export async function loader(door: LoaderFunctionArgs) {
  return readApi(door, listPath('/api/tokens', door.request.url, []), TokenPage);
}

export async function action(door: ActionFunctionArgs): Promise<ApiResult<unknown>> {
  const form = await door.request.formData();
  if (form.get('intent') === 'revoke')
    return changeApi(door, 'DELETE', `/api/tokens/${encodeURIComponent(formText(form, 'id'))}`);
  const days = Number(formText(form, 'days'));
  return changeApi(door, 'POST', '/api/tokens', {
    name: formText(form, 'name'),
    role: formText(form, 'role'),
    ...(days > 0 ? { expiresAt: new Date(Date.now() + days * DAY_MS).toISOString() } : {}),
  });
}

export default function Tokens() {
  const { items, nextCursor } = useLoaderData<typeof loader>();
  const [params, setParams] = useSearchParams();
  const edit = useMay('tokens.edit');
  const create = (
    <Button
      look="primary"
      icon="plus"
      disabledReason={edit.reason}
      onClick={() => {
        setParams({ create: '1' });
      }}
    >
      Create token
    </Button>
  );
  return (
    <Page
      title="API tokens"
      lead="For scripts: sent as Authorization: Bearer."
      actions={items.length > 0 ? create : null}
    >
      <Card flush>
        {items.length === 0 ? (
          <Empty icon="token" title="No tokens yet">
            <p className="mb-4">A token lets a script do what its role may.</p>
            {create}
          </Empty>
        ) : (
          <TokenTable tokens={items} reason={edit.reason} />
        )}
        <LoadMore nextCursor={nextCursor} />
      </Card>
      <OnceDialog<Token & { token: string }>
        open={edit.may && params.has('create')}
        onClose={() => {
          setParams({}, { replace: true });
        }}
        title="Create an API token"
        description="Give it the smallest role that does."
        verb="Create"
        label="API token"
        explanation="Copy it now: Admiral keeps only its fingerprint."
        secretOf={(answer) => answer.token}
        fields={(problem) => (
          <>
            <TextField
              label="Name"
              name="name"
              required
              maxLength={120}
              autoComplete="off"
              hint="What uses it."
              error={fieldError(problem, 'name')}
            />
            <RoleField defaultRole="viewer" error={fieldError(problem, 'role')} />
            <SelectField label="Ends" name="days" defaultValue="90" error={fieldError(problem, 'expiresAt')}>
              <option value="30">after 30 days</option>
              <option value="90">after 90 days</option>
              <option value="365">after a year</option>
              <option value="0">never</option>
            </SelectField>
          </>
        )}
      />
    </Page>
  );
}

function TokenTable({ tokens, reason }: { tokens: readonly Token[]; reason: string | null }) {
  return (
    <Table
      label="API tokens"
      head={
        <>
          <Th>Name</Th>
          <Th>Role</Th>
          <Th>Last used</Th>
          <Th>Ends</Th>
          <Th>Created</Th>
          <Th>
            <span className="sr-only">Revoke</span>
          </Th>
        </>
      }
    >
      {tokens.map((token) => (
        <tr key={token.id}>
          <th scope="row" className="px-4 py-2 text-left font-normal">
            <span className="block font-medium">{token.name}</span>
            <code className="font-mono text-xs text-muted">{token.prefix}…</code>
          </th>
          <Td>{ROLE_WORDS[token.role]}</Td>
          <Td className="text-muted">{token.lastUsedAt ? <Time at={token.lastUsedAt} /> : 'never'}</Td>
          <Td className="text-muted">{token.expiresAt ? <Time at={token.expiresAt} /> : 'never'}</Td>
          <Td className="text-muted">
            <Time at={token.createdAt} />
          </Td>
          <Td className="text-right">
            <ConfirmButton
              label="Revoke"
              fields={{ intent: 'revoke', id: token.id }}
              title={`Revoke “${token.name}”?`}
              description="What uses it is refused from now on. This cannot be undone."
              verb="Revoke token"
              done={`Token “${token.name}” is revoked.`}
              disabledReason={reason}
            />
          </Td>
        </tr>
      ))}
    </Table>
  );
}
