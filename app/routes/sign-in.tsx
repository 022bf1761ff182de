import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { SetUpState } from '#common/contracts/system.ts';
import { callApi, tryReadApi } from '../api/call-api.server.ts';
import { requireSameOrigin } from '../api/change-api.server.ts';
import { formText } from '../api/form-values.ts';
import { fieldError, type ApiProblem } from '../api/problem.ts';
import { safeNext } from '../api/safe-next.ts';
import { DoorFrame } from '../shell/door-frame.tsx';
import { Button } from '../ui/button.tsx';
import { Notice, ProblemNotice } from '../ui/empty.tsx';
import { TextField } from '../ui/field.tsx';

export const meta: MetaFunction = () => [{ title: 'Sign in · Admiral' }];

export async function loader(door: LoaderFunctionArgs) {
  const { result } = await callApi(door, 'GET', '/api/auth/me');
  if (result.ok) throw redirect(safeNext(new URL(door.request.url).searchParams.get('next')));
  const setup = await tryReadApi(door, '/api/auth/setup-state', SetUpState);
  return { needsSetup: setup.ok && setup.data.needsSetup, isApiAway: !setup.ok && setup.problem.status === 503 };
}

export async function action(door: ActionFunctionArgs): Promise<{ problem: ApiProblem; email: string }> {
  requireSameOrigin(door);
  const form = await door.request.formData();
  const email = formText(form, 'email');
  const { result, cookies } = await callApi(door, 'POST', '/api/auth/login', {
    body: { email, password: formText(form, 'password') },
  });
  if (!result.ok) return { problem: result.problem, email };
  const headers = new Headers();
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  throw redirect(safeNext(new URL(door.request.url).searchParams.get('next')), { headers });
}

export default function SignIn() {
  const { needsSetup, isApiAway } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isBusy = useNavigation().state !== 'idle';
  return (
    <DoorFrame title="Sign in">
      {needsSetup ? (
        <Notice tone="active" title="No administrator yet">
          Open the one-time set-up link that <code className="font-mono">npm start</code> printed to make the first
          account.
        </Notice>
      ) : null}
      {isApiAway && !answer ? (
        <Notice tone="change">Admiral is still starting. Try again in a few seconds.</Notice>
      ) : null}
      {answer ? <ProblemNotice problem={answer.problem} /> : null}
      <Form method="post" className="grid gap-4">
        <TextField
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
          defaultValue={answer?.email ?? ''}
          error={fieldError(answer?.problem, 'email')}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          error={fieldError(answer?.problem, 'password')}
        />
        <Button type="submit" look="primary" busy={isBusy}>
          Sign in
        </Button>
      </Form>
    </DoorFrame>
  );
}
