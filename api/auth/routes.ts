import { AcceptInvite, LogIn, Me, SetUp } from '#common/contracts/access.ts';
import { SetUpState } from '#common/contracts/system.ts';
import { route } from '../http/route.ts';
import { acceptInvite } from './accept-invite.ts';
import { checkTemporalUi } from './check-temporal-ui.ts';
import { logIn } from './log-in.ts';
import { logOut, logOutEverywhere } from './log-out.ts';
import { presentMe } from './present.ts';
import { setUp } from './set-up.ts';

export const authRoutes = [
  route({
    method: 'post',
    path: '/api/auth/login',
    access: 'public',
    summary: 'Sign in with e-mail and password; sets the session cookie',
    body: LogIn,
    response: Me,
    handle: logIn,
  }),
  route({
    method: 'post',
    path: '/api/auth/logout',
    access: 'public',
    summary: 'End this session',
    handle: logOut,
  }),
  route({
    method: 'post',
    path: '/api/auth/logout-everywhere',
    access: 'signedIn',
    summary: 'End all sessions of the person',
    handle: logOutEverywhere,
  }),
  route({
    method: 'get',
    path: '/api/auth/me',
    access: 'signedIn',
    summary: 'Who is asking, and what they may do',
    response: Me,
    handle: ({ actor }) => Promise.resolve(presentMe(actor)),
  }),
  route({
    method: 'get',
    path: '/api/auth/setup-state',
    access: 'public',
    summary: 'Whether the first administrator is still missing',
    response: SetUpState,
    handle: async ({ deps }) => ({ needsSetup: (await deps.db.user.findFirst({ select: { id: true } })) === null }),
  }),
  route({
    method: 'post',
    path: '/api/auth/setup',
    access: 'public',
    summary: 'Make the first administrator with the token of the set-up link',
    body: SetUp,
    response: Me,
    status: 201,
    handle: setUp,
  }),
  route({
    method: 'post',
    path: '/api/auth/accept-invite',
    access: 'public',
    summary: 'Set a password with the token of an invitation',
    body: AcceptInvite,
    response: Me,
    handle: acceptInvite,
  }),
  route({
    method: 'get',
    path: '/api/auth/temporal-ui',
    access: 'public',
    summary: "Asked by the front door: 204 when the session may read Temporal's page",
    handle: checkTemporalUi,
  }),
];
