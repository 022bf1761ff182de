import { useNavigate } from '@remix-run/react';
import { Command } from 'cmdk';
import { useEffect, useState } from 'react';
import type { Server } from '#common/contracts/servers.ts';
import { fetchApi } from '../api/fetch-api.ts';
import { serverName } from '../servers/server-name.ts';
import { serverLook } from '../servers/server-state.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { useMe } from './me-context.ts';
import { ACTIONS, PAGES } from './pages.ts';

const itemClass =
  'flex min-h-9 items-center gap-2.5 rounded px-2.5 text-sm cursor-pointer data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent';
const groupClass =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted';

/** Every page, action and server by a few letters. */
export default function CommandPalette({ onClose }: { onClose: () => void }) {
  const { permissions } = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useState('');
  const servers = useServers(search, permissions.includes('servers.view'));
  const go = (to: string) => {
    onClose();
    navigate(to);
  };
  return (
    <Command.Dialog
      open
      onOpenChange={onClose}
      label="Search pages, servers and actions"
      overlayClassName="fixed inset-0 z-40 bg-backdrop"
      contentClassName="fixed top-[12vh] left-1/2 z-50 w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 overflow-hidden rounded-lg border border-line bg-raised shadow-pop"
    >
      <div className="flex items-center gap-2 border-b border-line px-3.5 text-muted">
        <Icon name="search" />
        <Command.Input
          value={search}
          onValueChange={setSearch}
          placeholder="Page, server or action"
          className="h-11 min-w-0 grow bg-transparent text-sm text-text outline-none placeholder:text-muted"
        />
      </div>
      <Command.List className="max-h-[55vh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-6 text-center text-sm text-muted">Nothing matches.</Command.Empty>
        <Command.Group heading="Pages" className={groupClass}>
          {PAGES.filter((page) => permissions.includes(page.needs)).map((page) => (
            <Entry
              key={page.to}
              value={`page ${page.label}`}
              icon={page.icon}
              onSelect={() => {
                go(page.to);
              }}
            >
              {page.label}
            </Entry>
          ))}
        </Command.Group>
        <Command.Group heading="Actions" className={groupClass}>
          {ACTIONS.filter((action) => permissions.includes(action.needs)).map((action) => (
            <Entry
              key={action.to}
              value={`action ${action.label}`}
              icon="plus"
              onSelect={() => {
                go(action.to);
              }}
            >
              {action.label}
            </Entry>
          ))}
        </Command.Group>
        {servers.length > 0 ? (
          <Command.Group heading="Servers" className={groupClass}>
            {servers.map((server) => (
              <Entry
                key={server.id}
                value={`server ${serverName(server)} ${server.hostname} ${server.sshHost} ${server.id} ${search}`}
                icon="server"
                onSelect={() => {
                  go(`/servers/${server.id}`);
                }}
              >
                <span className="truncate">{serverName(server)}</span>
                <span className="ml-auto text-xs text-muted">{serverLook(server).word}</span>
              </Entry>
            ))}
          </Command.Group>
        ) : null}
      </Command.List>
    </Command.Dialog>
  );
}

function Entry({
  value,
  icon,
  onSelect,
  children,
}: {
  value: string;
  icon: IconName;
  onSelect: () => void;
  children: React.ReactNode;
}) {
  return (
    <Command.Item value={value} onSelect={onSelect} className={itemClass}>
      <Icon name={icon} className="text-muted" />
      {children}
    </Command.Item>
  );
}

/** Servers that match, asked for once typing rests. */
function useServers(search: string, may: boolean): Server[] {
  const [servers, setServers] = useState<Server[]>([]);
  useEffect(() => {
    if (!may) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const query = new URLSearchParams({ limit: '12', ...(search.trim() ? { search: search.trim() } : {}) });
      void fetchApi<{ items: Server[] }>(`/api/servers?${query.toString()}`, controller.signal).then((result) => {
        if (result?.ok) setServers(result.data.items);
      });
    }, 150);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [search, may]);
  return servers;
}
