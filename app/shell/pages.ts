import type { Permission } from '#common/domain/permissions.ts';
import type { IconName } from '../ui/icon.tsx';

export interface PageEntry {
  to: string;
  label: string;
  icon: IconName;
  needs: Permission;
  group: 'main' | 'settings';
}

/** Pages of the navigation and the command palette. */
export const PAGES: readonly PageEntry[] = [
  { to: '/', label: 'Overview', icon: 'overview', needs: 'system.view', group: 'main' },
  { to: '/servers', label: 'Servers', icon: 'server', needs: 'servers.view', group: 'main' },
  { to: '/deployments', label: 'Deployments', icon: 'rocket', needs: 'deployments.view', group: 'main' },
  { to: '/keys', label: 'SSH keys', icon: 'key', needs: 'keys.view', group: 'main' },
  { to: '/audit', label: 'Audit', icon: 'audit', needs: 'audit.view', group: 'main' },
  { to: '/settings/people', label: 'People', icon: 'people', needs: 'users.view', group: 'settings' },
  { to: '/settings/tokens', label: 'API tokens', icon: 'token', needs: 'tokens.view', group: 'settings' },
];

export interface ActionEntry {
  to: string;
  label: string;
  needs: Permission;
}

/** What can be begun from anywhere. */
export const ACTIONS: readonly ActionEntry[] = [
  { to: '/servers/new', label: 'Add a server', needs: 'servers.edit' },
  { to: '/deployments/new', label: 'New deployment', needs: 'deployments.run' },
  { to: '/keys?add=generate', label: 'Generate an SSH key', needs: 'keys.edit' },
  { to: '/settings/people?invite=1', label: 'Invite a person', needs: 'users.edit' },
  { to: '/settings/tokens?create=1', label: 'Create an API token', needs: 'tokens.edit' },
];
