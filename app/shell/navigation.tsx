import { NavLink } from '@remix-run/react';
import type { ReactNode } from 'react';
import { Icon } from '../ui/icon.tsx';
import { useMe } from './me-context.ts';
import { PAGES, type PageEntry } from './pages.ts';

/** Links to the pages that this person may see; `brand` stands above them. */
export function Navigation({ brand, onNavigate }: { brand?: ReactNode; onNavigate?: () => void }) {
  const { permissions } = useMe();
  const seen = PAGES.filter((page) => permissions.includes(page.needs));
  const settings = seen.filter((page) => page.group === 'settings');
  return (
    <nav aria-label="Main" className="grid gap-0.5 px-2 pb-2">
      {brand}
      {seen
        .filter((page) => page.group === 'main')
        .map((page) => (
          <NavItem key={page.to} page={page} onNavigate={onNavigate} />
        ))}
      {settings.length > 0 ? <p className="px-2.5 pt-4 pb-1 text-xs font-medium text-muted">Settings</p> : null}
      {settings.map((page) => (
        <NavItem key={page.to} page={page} onNavigate={onNavigate} />
      ))}
    </nav>
  );
}

function NavItem({ page, onNavigate }: { page: PageEntry; onNavigate: (() => void) | undefined }) {
  return (
    <NavLink
      to={page.to}
      end={page.to === '/'}
      prefetch="intent"
      onClick={onNavigate}
      className={({ isActive }) =>
        `flex min-h-8 items-center gap-2.5 rounded px-2.5 text-sm transition-colors ${
          isActive ? 'bg-accent-soft font-medium text-accent' : 'text-muted hover:bg-hover hover:text-text'
        }`
      }
    >
      <Icon name={page.icon} />
      {page.label}
    </NavLink>
  );
}
