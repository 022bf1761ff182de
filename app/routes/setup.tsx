import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { SetUpState } from '#common/contracts/system.ts';
import { callApi, tryReadApi } from '../api/call-api.server.ts';
import { requireSameOrigin } from '../api/change-api.server.ts';
import { formText } from '../api/form-values.ts';
import { fieldError, type ApiProblem } from '../api/problem.ts';
import { DoorFrame } from '../shell/door-frame.tsx';
import { Button } from '../ui/button.tsx';
import { Notice, ProblemNotice } from '../ui/empty.tsx';
import { TextField } from '../ui/field.tsx';

export const meta: MetaFunction = () => [{ title: 'Set up · Admiral' }];

export async function loader(door: LoaderFunctionArgs) {
  const token = new URL(door.request.url).searchParams.get('token') ?? '';
  const setup = await tryReadApi(door, '/api/auth/setup-state', SetUpState);
  return { token, isDone: setup.ok && !setup.data.needsSetup };
}

export async function action(door: ActionFunctionArgs): Promise<{ problem: ApiProblem; email: string; name: string }> {
  requireSameOrigin(door);
  const form = await door.request.formData();
  const [email, name] = [formText(form, 'email'), formText(form, 'name')];
  const { result, cookies } = await callApi(door, 'POST', '/api/auth/setup', {
    body: { token: formText(form, 'token'), email, name, password: formText(form, 'password') },
  });
  if (!result.ok) return { problem: result.problem, email, name };
  const headers = new Headers();
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  throw redirect(cookies.length > 0 ? '/' : '/sign-in', { headers });
}

export default function SetUpPage() {
  const { token, isDone } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isBusy = useNavigation().state !== 'idle';
  if (isDone) {
    return (
      <DoorFrame
        title="Already set up"
        lead="The first administrator exists. More people are invited by an administrator."
      >
        <Link to="/sign-in" className="text-sm text-accent underline">
          Sign in
        </Link>
      </DoorFrame>
    );
  }
  return (
    <DoorFrame title="Welcome to Admiral" lead="Make the first administrator. You add servers and people next.">
      {token === '' ? (
        <Notice tone="change" title="The link is not complete">
          Open the whole set-up link that <code className="font-mono">npm start</code> printed.
        </Notice>
      ) : null}
      {answer ? <ProblemNotice problem={answer.problem} /> : null}
      <Form method="post" className="grid gap-4">
        <input type="hidden" name="token" value={token} />
        <TextField
          label="Your name"
          name="name"
          autoComplete="name"
          required
          autoFocus
          defaultValue={answer?.name ?? ''}
          error={fieldError(answer?.problem, 'name')}
        />
        <TextField
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          required
          defaultValue={answer?.email ?? ''}
          error={fieldError(answer?.problem, 'email')}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={12}
          hint="At least 12 characters. A sentence is easiest to keep in mind."
          error={fieldError(answer?.problem, 'password')}
        />
        <Button
          type="submit"
          look="primary"
          busy={isBusy}
          disabledReason={token === '' ? 'The set-up link is not complete.' : null}
        >
          Create administrator
        </Button>
      </Form>
    </DoorFrame>
  );
}
