import { useMemo, useState } from 'react';
import type { Server } from '#common/contracts/servers.ts';
import { counted } from '../format/quantity.ts';
import { EnvironmentTag } from '../servers/environment-tag.tsx';
import { serverName } from '../servers/server-name.ts';
import { CONNECTION_LOOKS } from '../servers/server-state.ts';
import { StateWord } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';

/** Why a server cannot be a target, as a sentence; null when it can. */
export function targetRefusal(server: Server): string | null {
  if (server.isDemo) return 'A demo server.';
  if (server.watchOnly) return 'Watched only.';
  if (server.sshKeyId === null && server.sshHost !== 'local') return 'Has no SSH key.';
  if (server.connectionState === 'host_key_changed') return 'Its host key changed and is not accepted.';
  return null;
}

/** Servers to choose from, with a search; what cannot be chosen says why. */
export function ServerChoice({
  servers,
  chosen,
  onChange,
}: {
  servers: readonly Server[];
  chosen: ReadonlySet<string>;
  onChange: (chosen: Set<string>) => void;
}) {
  const [search, setSearch] = useState('');
  const shown = useMemo(() => {
    const low = search.trim().toLowerCase();
    return servers.filter((server) =>
      [serverName(server), server.hostname, server.sshHost, server.environment, ...server.tags].some((text) =>
        text.toLowerCase().includes(low),
      ),
    );
  }, [servers, search]);
  const possible = shown.filter((server) => targetRefusal(server) === null);
  const set = (ids: readonly string[], isChosen: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) {
      if (isChosen) next.add(id);
      else next.delete(id);
    }
    onChange(next);
  };
  const areAllChosen = possible.length > 0 && possible.every((server) => chosen.has(server.id));
  return (
    <fieldset className="min-w-0 rounded-lg border border-line">
      <legend className="sr-only">Servers</legend>
      <div className="flex flex-wrap items-center gap-2 border-b border-line p-2">
        <input
          type="search"
          aria-label="Search servers"
          placeholder="Search name, address, tag"
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.preventDefault();
          }}
          className="min-h-8 min-w-0 grow basis-40 rounded border border-line-strong bg-surface px-2 text-sm placeholder:text-muted"
        />
        <Button
          look="quiet"
          onClick={() => {
            set(
              possible.map((server) => server.id),
              !areAllChosen,
            );
          }}
        >
          {areAllChosen ? 'None of these' : `All ${possible.length} shown`}
        </Button>
      </div>
      <ul className="max-h-80 divide-y divide-line overflow-y-auto" aria-label="Servers to choose from">
        {shown.map((server) => {
          const refusal = targetRefusal(server);
          const inputId = `target-${server.id}`;
          return (
            <li
              key={server.id}
              className={`flex min-h-10 items-center gap-2.5 px-3 py-1 text-sm ${refusal ? '' : 'hover:bg-hover'}`}
            >
              <input
                type="checkbox"
                id={inputId}
                name="serverIds"
                value={server.id}
                checked={chosen.has(server.id) && refusal === null}
                disabled={refusal !== null}
                onChange={(event) => {
                  set([server.id], event.target.checked);
                }}
                className="size-4.5 shrink-0 accent-accent"
              />
              <label htmlFor={inputId} className="flex min-w-0 grow flex-wrap items-center gap-x-2">
                <span className="truncate font-medium">{serverName(server)}</span>
                <EnvironmentTag environment={server.environment} />
                <span className="truncate text-xs text-muted">{server.sshHost}</span>
              </label>
              <span className="text-xs">
                {refusal ? (
                  <span className="text-muted">{refusal}</span>
                ) : (
                  <StateWord look={CONNECTION_LOOKS[server.connectionState]} />
                )}
              </span>
            </li>
          );
        })}
        {shown.length === 0 ? <li className="px-3 py-6 text-center text-sm text-muted">No server matches.</li> : null}
      </ul>
      <p role="status" className="border-t border-line px-3 py-2 text-sm">
        {chosen.size === 0 ? (
          <span className="text-muted">No server chosen.</span>
        ) : (
          <strong>{counted(chosen.size, 'server')} chosen</strong>
        )}
      </p>
    </fieldset>
  );
}
