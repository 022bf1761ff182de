import { useSearchParams } from '@remix-run/react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import type { DeploymentHost } from '#common/contracts/deployments.ts';
import type { HostCounts, HostState } from '#common/domain/states.ts';
import { count } from '../format/quantity.ts';
import { StateWord } from '../ui/badge.tsx';
import { Icon } from '../ui/icon.tsx';
import { HOST_LOOKS, HOST_STATES_BY_TROUBLE } from './deployment-looks.ts';

const ROW_HEIGHT = 52;

/** Hosts of a run, trouble first; search and state live in the address. A press chooses the host to look at. */
export function HostList({
  hosts,
  counts,
  selected,
  onSelect,
}: {
  hosts: readonly DeploymentHost[];
  counts: HostCounts;
  selected: string | null;
  onSelect: (serverId: string) => void;
}) {
  const [params, setParams] = useSearchParams();
  const box = useRef<HTMLDivElement>(null);
  const search = params.get('host-search') ?? '';
  const state = params.get('host-state') ?? '';
  const shown = useMemo(() => filtered(hosts, search, state), [hosts, search, state]);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    initialRect: { width: 400, height: 600 },
  });
  const set = (name: string, value: string) => {
    setParams(
      (before) => {
        if (value === '') before.delete(name);
        else before.set(name, value);
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  };
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div role="search" aria-label="Hosts" className="flex flex-wrap gap-2 border-b border-line px-3 py-2">
        <input
          type="search"
          aria-label="Search hosts"
          placeholder="Search hosts"
          value={search}
          onChange={(event) => {
            set('host-search', event.target.value);
          }}
          className="min-h-8 min-w-0 grow basis-28 rounded border border-line-strong bg-surface px-2 text-sm placeholder:text-muted"
        />
        <select
          aria-label="State of hosts"
          value={state}
          onChange={(event) => {
            set('host-state', event.target.value);
          }}
          className="min-h-8 rounded border border-line-strong bg-surface px-2 text-sm"
        >
          <option value="">All {count(hosts.length)}</option>
          {HOST_STATES_BY_TROUBLE.filter((one) => counts[one] > 0 || one === state).map((one) => (
            <option key={one} value={one}>
              {HOST_LOOKS[one].word} {count(counts[one])}
            </option>
          ))}
        </select>
      </div>
      <div ref={box} className="min-h-0 grow overflow-y-auto">
        {shown.length === 0 ? <p className="px-3 py-6 text-center text-sm text-muted">No host matches.</p> : null}
        <ul aria-label="Hosts" className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const host = shown[index];
            return host ? (
              <li
                key={host.serverId}
                aria-setsize={shown.length}
                aria-posinset={index + 1}
                className="absolute inset-x-0 top-0"
                style={{ height: ROW_HEIGHT, transform: `translateY(${start}px)` }}
              >
                <HostRow
                  host={host}
                  isSelected={host.serverId === selected}
                  onSelect={() => {
                    onSelect(host.serverId);
                  }}
                />
              </li>
            ) : null;
          })}
        </ul>
      </div>
    </div>
  );
}

function HostRow({ host, isSelected, onSelect }: { host: DeploymentHost; isSelected: boolean; onSelect: () => void }) {
  const note = host.reason ?? host.currentTask ?? noteOf(host);
  return (
    <button
      type="button"
      aria-pressed={isSelected}
      onClick={onSelect}
      className={`flex h-full w-full items-center gap-3 border-b border-line px-3 text-left -outline-offset-2 ${isSelected ? 'bg-accent-soft' : 'hover:bg-hover'}`}
    >
      <span className="min-w-0 grow">
        <span className="block truncate text-sm font-medium">{host.serverName}</span>
        <span className="block truncate text-xs text-muted" title={note}>
          {note}
        </span>
      </span>
      <span className="text-sm">
        <StateWord look={HOST_LOOKS[host.state]} />
      </span>
      <Icon name="right" size={12} className="text-muted" />
    </button>
  );
}

function noteOf(host: DeploymentHost): string {
  if (host.startedAt === null) return 'not begun';
  return [
    `${host.okCount} ok`,
    `${host.changedCount} changed`,
    host.failedCount > 0 ? `${host.failedCount} failed` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

const RANK = new Map<HostState, number>(HOST_STATES_BY_TROUBLE.map((state, index) => [state, index]));

function filtered(hosts: readonly DeploymentHost[], search: string, state: string): DeploymentHost[] {
  const low = search.trim().toLowerCase();
  return hosts
    .filter(
      (host) => (state === '' || host.state === state) && (low === '' || host.serverName.toLowerCase().includes(low)),
    )
    .sort(
      (a, b) => (RANK.get(a.state) ?? 0) - (RANK.get(b.state) ?? 0) || a.serverName.localeCompare(b.serverName, 'en'),
    );
}
