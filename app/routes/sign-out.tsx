import { redirect, type ActionFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link } from '@remix-run/react';
import { callApi } from '../api/call-api.server.ts';
import { requireSameOrigin } from '../api/change-api.server.ts';
import { DoorFrame } from '../shell/door-frame.tsx';
import { Button } from '../ui/button.tsx';

export const meta: MetaFunction = () => [{ title: 'Sign out · Admiral' }];

export async function action(door: ActionFunctionArgs) {
  requireSameOrigin(door);
  const isEverywhere = (await door.request.formData()).get('everywhere') === '1';
  const { cookies } = await callApi(door, 'POST', isEverywhere ? '/api/auth/logout-everywhere' : '/api/auth/logout');
  const headers = new Headers();
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  throw redirect('/sign-in', { headers });
}

export default function SignOut() {
  return (
    <DoorFrame title="Sign out" lead="Ends this session. “Everywhere” ends the sessions on all your devices.">
      <Form method="post" className="flex flex-wrap gap-2">
        <Button type="submit" look="primary">
          Sign out
        </Button>
        <Button type="submit" name="everywhere" value="1">
          Sign out everywhere
        </Button>
      </Form>
      <Link to="/" className="text-sm text-accent underline">
        Back
      </Link>
    </DoorFrame>
  );
}
