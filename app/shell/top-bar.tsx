import * as Dialog from '@radix-ui/react-dialog';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useLineState, useLiveLine } from '../live/live-context.tsx';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Brand } from './brand.tsx';
import { Navigation } from './navigation.tsx';
import { UserMenu } from './user-menu.tsx';

const CommandPalette = lazy(() => import('./command-palette.tsx'));

export function TopBar() {
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      setPaletteOpen((isOpen) => !isOpen);
    };
    document.addEventListener('keydown', open);
    return () => {
      document.removeEventListener('keydown', open);
    };
  }, []);
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-1 border-b border-line bg-surface px-2 sm:px-4">
      <SmallScreenMenu />
      <span className="lg:hidden">
        <Brand />
      </span>
      <button
        type="button"
        aria-label="Search pages, servers and actions"
        onClick={() => {
          setPaletteOpen(true);
        }}
        className="ml-auto inline-flex min-h-8 min-w-8 items-center justify-center gap-2 rounded border-line px-2 text-sm text-muted hover:bg-hover hover:text-text sm:w-72 sm:justify-start sm:border lg:ml-0"
      >
        <Icon name="search" size={14} />
        <span className="hidden sm:inline">Search or jump to…</span>
        <kbd className="ml-auto hidden rounded-sm border border-line bg-sunken px-1.5 font-sans text-xs sm:inline">
          Ctrl K
        </kbd>
      </button>
      <div className="flex items-center gap-1 lg:ml-auto">
        <LineButton />
        <UserMenu />
      </div>
      {isPaletteOpen ? (
        <Suspense>
          <CommandPalette
            onClose={() => {
              setPaletteOpen(false);
            }}
          />
        </Suspense>
      ) : null}
    </header>
  );
}

/** State of the live line; pauses and resumes it. */
function LineButton() {
  const line = useLiveLine();
  const { status, isPaused } = useLineState();
  const look = isPaused
    ? { icon: 'pause' as const, word: 'Paused', tone: 'text-muted' }
    : status === 'up'
      ? { icon: 'dot' as const, word: 'Live', tone: 'text-good' }
      : { icon: 'offline' as const, word: status === 'down' ? 'Offline' : 'Connecting', tone: 'text-muted' };
  return (
    <button
      type="button"
      aria-pressed={isPaused}
      aria-label={`Live updates: ${look.word}. ${isPaused ? 'Resume' : 'Pause'}`}
      title={isPaused ? 'Resume live updates' : 'Pause live updates'}
      onClick={() => {
        line.pause(!isPaused);
      }}
      className={`inline-flex min-h-8 min-w-8 items-center justify-center gap-1.5 rounded px-2 text-sm hover:bg-hover ${look.tone}`}
    >
      <Icon name={look.icon} />
      <span className="hidden sm:inline">{look.word}</span>
    </button>
  );
}

function SmallScreenMenu() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <IconButton label="Menu" icon="menu" className="lg:hidden" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-backdrop" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 w-64 max-w-[85vw] overflow-y-auto border-r border-line bg-surface"
        >
          <div className="flex h-12 items-center justify-between pr-2 pl-4">
            <Dialog.Title asChild>
              <div>
                <Brand />
              </div>
            </Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label="Close menu" icon="cross" />
            </Dialog.Close>
          </div>
          <Navigation
            onNavigate={() => {
              setOpen(false);
            }}
          />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
