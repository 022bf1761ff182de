import { redirect, type ActionFunctionArgs } from '@remix-run/node';
import { changeApi } from '../api/change-api.server.ts';
import { formText } from '../api/form-values.ts';
import { problemFrom, type ApiResult } from '../api/problem.ts';
import { serverFromForm } from './server-form.ts';

/** What the forms of a server's page ask for, by `intent`. */
export async function changeServer(door: ActionFunctionArgs): Promise<ApiResult<unknown>> {
  const form = await door.request.formData();
  const path = `/api/servers/${encodeURIComponent(door.params.id ?? '')}`;
  switch (formText(form, 'intent')) {
    case 'test':
      return changeApi(door, 'POST', `${path}/test-connection`);
    case 'accept': {
      const accepted = await changeApi(door, 'POST', `${path}/accept-host-key`, {
        fingerprint: formText(form, 'fingerprint'),
      });
      // What the key stood in the way of is tried at once.
      return accepted.ok ? changeApi(door, 'POST', `${path}/test-connection`) : accepted;
    }
    case 'edit':
      return changeApi(door, 'PATCH', path, serverFromForm(form));
    case 'agent-token':
      return changeApi(door, 'POST', `${path}/agent-token`);
    case 'delete': {
      const deleted = await changeApi(door, 'DELETE', path);
      if (deleted.ok) throw redirect('/servers');
      return deleted;
    }
    default:
      return { ok: false, problem: { ...problemFrom(400, undefined), detail: 'This page does not know that action.' } };
  }
}
