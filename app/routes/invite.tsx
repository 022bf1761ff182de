import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { callApi } from '../api/call-api.server.ts';
import { requireSameOrigin } from '../api/change-api.server.ts';
import { formText } from '../api/form-values.ts';
import { fieldError, type ApiProblem } from '../api/problem.ts';
import { DoorFrame } from '../shell/door-frame.tsx';
import { Button } from '../ui/button.tsx';
import { Notice, ProblemNotice } from '../ui/empty.tsx';
import { TextField } from '../ui/field.tsx';

export const meta: MetaFunction = () => [{ title: 'Invitation · Admiral' }];

export function loader({ request }: LoaderFunctionArgs) {
  return { token: new URL(request.url).searchParams.get('token') ?? '' };
}

export async function action(door: ActionFunctionArgs): Promise<{ problem: ApiProblem }> {
  requireSameOrigin(door);
  const form = await door.request.formData();
  const { result, cookies } = await callApi(door, 'POST', '/api/auth/accept-invite', {
    body: { token: formText(form, 'token'), password: formText(form, 'password') },
  });
  if (!result.ok) return { problem: result.problem };
  const headers = new Headers();
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  throw redirect(cookies.length > 0 ? '/' : '/sign-in', { headers });
}

export default function Invite() {
  const { token } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isBusy = useNavigation().state !== 'idle';
  const reason = token === '' ? 'The invitation link is not complete.' : null;
  return (
    <DoorFrame title="You are invited" lead="Choose a password for your Admiral account.">
      {reason ? <Notice tone="change">{reason} Ask for a new one.</Notice> : null}
      {answer ? <ProblemNotice problem={answer.problem} /> : null}
      <Form method="post" className="grid gap-4">
        <input type="hidden" name="token" value={token} />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={12}
          autoFocus
          hint="At least 12 characters."
          error={fieldError(answer?.problem, 'password')}
        />
        <Button type="submit" look="primary" busy={isBusy} disabledReason={reason}>
          Set password
        </Button>
      </Form>
    </DoorFrame>
  );
}
