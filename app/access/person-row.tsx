import { useFetcher } from '@remix-run/react';
import type { User } from '#common/contracts/access.ts';
import { ROLES } from '#common/domain/permissions.ts';
import type { ApiResult } from '../api/problem.ts';
import { useMe } from '../shell/me-context.ts';
import { Badge, type Look } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Td } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { useResultToast } from '../ui/use-result-toast.ts';
import { ROLE_WORDS } from './role-field.tsx';

function lookOf(user: User): Look {
  if (user.disabled) return { word: 'Disabled', icon: 'lock', tone: 'quiet' };
  if (user.invited) return { word: 'Invited', icon: 'clock', tone: 'change' };
  return { word: 'Active', icon: 'check', tone: 'good' };
}

/** One person: role and access, changed in place. */
export function PersonRow({ user, reason }: { user: User; reason: string | null }) {
  const fetcher = useFetcher<ApiResult<unknown>>();
  useResultToast(fetcher, `${user.name} is changed.`);
  const isSelf = useMe().id === user.id;
  const refusal = reason ?? (isSelf ? 'You cannot change your own access.' : null);
  return (
    <tr>
      <th scope="row" className="px-4 py-2 text-left font-normal">
        <span className="block font-medium">
          {user.name}
          {isSelf ? <span className="font-normal text-muted"> (you)</span> : null}
        </span>
        <span className="block text-xs break-all text-muted">{user.email}</span>
      </th>
      <Td>
        <Badge look={lookOf(user)} />
      </Td>
      <Td>
        {refusal ? (
          ROLE_WORDS[user.role]
        ) : (
          <select
            aria-label={`Role of ${user.name}`}
            value={user.role}
            disabled={fetcher.state !== 'idle'}
            onChange={(event) => {
              fetcher.submit({ intent: 'role', id: user.id, role: event.target.value }, { method: 'post' });
            }}
            className="min-h-8 rounded border border-line-strong bg-surface px-2 text-sm"
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {ROLE_WORDS[role]}
              </option>
            ))}
          </select>
        )}
      </Td>
      <Td className="text-muted">
        <Time at={user.createdAt} />
      </Td>
      <Td className="text-right">
        <Button
          look="quiet"
          disabledReason={refusal}
          busy={fetcher.state !== 'idle'}
          onClick={() => {
            fetcher.submit({ intent: user.disabled ? 'enable' : 'disable', id: user.id }, { method: 'post' });
          }}
        >
          {user.disabled ? 'Enable' : 'Disable'}
        </Button>
      </Td>
    </tr>
  );
}
