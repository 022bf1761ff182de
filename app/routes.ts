/** One entry per page; the folder is the address. Pages under `shell.tsx` need a session. */
export default [
  {
    file: 'routes/shell.tsx',
    children: [
      { index: true, file: 'routes/overview.tsx' },
      { path: 'servers', file: 'routes/servers.tsx' },
      { path: 'servers/new', file: 'routes/server-new.tsx' },
      { path: 'servers/:id', file: 'routes/server.tsx' },
      { path: 'deployments', file: 'routes/deployments.tsx' },
      { path: 'deployments/new', file: 'routes/deployment-new.tsx' },
      { path: 'deployments/:id', file: 'routes/deployment.tsx' },
      { path: 'keys', file: 'routes/keys.tsx' },
      { path: 'audit', file: 'routes/audit.tsx' },
      { path: 'settings/people', file: 'routes/people.tsx' },
      { path: 'settings/tokens', file: 'routes/tokens.tsx' },
      { path: '*', file: 'routes/not-found.tsx' },
    ],
  },
  { path: 'sign-in', file: 'routes/sign-in.tsx' },
  { path: 'sign-out', file: 'routes/sign-out.tsx' },
  { path: 'setup', file: 'routes/setup.tsx' },
  { path: 'invite', file: 'routes/invite.tsx' },
];
