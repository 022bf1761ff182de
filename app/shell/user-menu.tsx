import * as Menu from '@radix-ui/react-dropdown-menu';
import { useRouteLoaderData, useSubmit } from '@remix-run/react';
import { useState } from 'react';
import { Icon } from '../ui/icon.tsx';
import { useMe } from './me-context.ts';
import { chooseTheme, THEMES, type Theme } from './theme.ts';

const THEME_WORDS: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' };
const itemClass =
  'flex min-h-8 items-center gap-2 rounded-sm px-2 text-sm outline-none select-none data-highlighted:bg-hover cursor-pointer';

/** Who is signed in, the theme, and the ways out. */
export function UserMenu() {
  const me = useMe();
  const submit = useSubmit();
  const chosen = useRouteLoaderData<{ theme: Theme }>('root')?.theme ?? 'system';
  const [theme, setTheme] = useState<Theme>(chosen);
  const signOut = (everywhere: boolean) => {
    submit(everywhere ? { everywhere: '1' } : {}, { method: 'post', action: '/sign-out' });
  };
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label={`Account of ${me.name}`}
        className="inline-flex min-h-8 items-center gap-2 rounded px-2 text-sm text-muted hover:bg-hover hover:text-text"
      >
        <Icon name="user" />
        <span className="hidden max-w-40 truncate sm:inline">{me.name}</span>
        <Icon name="chevron" size={12} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 w-60 rounded-lg border border-line bg-raised p-1 shadow-pop"
        >
          <div className="px-2 py-1.5">
            <p className="truncate text-sm font-medium">{me.name}</p>
            <p className="truncate text-xs text-muted">
              {me.email ? `${me.email} · ` : ''}
              {me.role}
            </p>
          </div>
          <Menu.Separator className="my-1 h-px bg-line" />
          <Menu.Label className="px-2 pt-1 text-xs text-muted">Theme</Menu.Label>
          <Menu.RadioGroup
            value={theme}
            onValueChange={(value) => {
              const next = THEMES.find((one) => one === value) ?? 'system';
              setTheme(next);
              chooseTheme(next);
            }}
          >
            {THEMES.map((one) => (
              <Menu.RadioItem
                key={one}
                value={one}
                className={itemClass}
                onSelect={(event) => {
                  event.preventDefault();
                }}
              >
                <span className="grid size-4 place-items-center">
                  <Menu.ItemIndicator>
                    <Icon name="check" size={14} />
                  </Menu.ItemIndicator>
                </span>
                {THEME_WORDS[one]}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Separator className="my-1 h-px bg-line" />
          <Menu.Item
            className={itemClass}
            onSelect={() => {
              signOut(false);
            }}
          >
            <Icon name="signOut" /> Sign out
          </Menu.Item>
          <Menu.Item
            className={itemClass}
            onSelect={() => {
              signOut(true);
            }}
          >
            <Icon name="signOut" /> Sign out everywhere
          </Menu.Item>
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}
