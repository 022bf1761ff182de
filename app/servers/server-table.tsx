import { Link } from '@remix-run/react';
import type { Server } from '#common/contracts/servers.ts';
import { StateWord } from '../ui/badge.tsx';
import { Meter } from '../ui/meter.tsx';
import { Table, Td, Th } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { EnvironmentTag, Tag } from './environment-tag.tsx';
import { serverName } from './server-name.ts';
import { CONNECTION_LOOKS, serverLook } from './server-state.ts';

/** The fleet as rows on wide screens and as cards on narrow ones. */
export function ServerTable({ servers }: { servers: readonly Server[] }) {
  return (
    <>
      <div className="hidden md:block">
        <Table
          label="Servers"
          head={
            <>
              <Th>Name</Th>
              <Th>State</Th>
              <Th>Last report</Th>
              <Th>CPU</Th>
              <Th>Memory</Th>
              <Th>Disk</Th>
              <Th>SSH</Th>
            </>
          }
        >
          {servers.map((server) => (
            <tr key={server.id} className="hover:bg-hover/60">
              <th scope="row" className="w-full max-w-0 min-w-56 px-4 py-1.5 text-left font-normal">
                <NameCell server={server} />
              </th>
              <Td>
                <StateWord look={serverLook(server)} />
              </Td>
              <Td className="text-muted">{server.lastSeenAt ? <Time at={server.lastSeenAt} /> : 'never'}</Td>
              <Td>
                <Meter value={newest(server, 'cpuPercent')} label="CPU in use" />
              </Td>
              <Td>
                <Meter value={newest(server, 'memoryUsedPercent')} label="Memory in use" />
              </Td>
              <Td>
                <Meter value={newest(server, 'diskUsedPercent')} label="Disk in use" />
              </Td>
              <Td>
                {server.isDemo || server.watchOnly ? (
                  <NoSsh server={server} />
                ) : (
                  <StateWord look={CONNECTION_LOOKS[server.connectionState]} />
                )}
              </Td>
            </tr>
          ))}
        </Table>
      </div>
      <ul className="divide-y divide-line md:hidden">
        {servers.map((server) => (
          <li key={server.id} className="grid grid-cols-[minmax(0,1fr)] gap-2 px-4 py-3">
            <div className="flex items-start justify-between gap-3">
              <NameCell server={server} />
              <StateWord look={serverLook(server)} />
            </div>
            <dl className="grid grid-cols-3 gap-2 text-sm">
              {(
                [
                  ['CPU', 'cpuPercent'],
                  ['Memory', 'memoryUsedPercent'],
                  ['Disk', 'diskUsedPercent'],
                ] as const
              ).map(([word, key]) => (
                <div key={key}>
                  <dt className="text-xs text-muted">{word}</dt>
                  <dd>
                    <Meter alignsLeft value={newest(server, key)} label={`${word} in use`} />
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Newest values tell nothing about now once a server is silent. */
const newest = (server: Server, key: 'cpuPercent' | 'memoryUsedPercent' | 'diskUsedPercent'): number | null =>
  server.isOnline ? (server.newest?.[key] ?? null) : null;

function NameCell({ server }: { server: Server }) {
  return (
    <div className="min-w-0">
      <div className="flex min-w-0 items-center gap-x-2">
        <Link
          to={`/servers/${server.id}`}
          prefetch="intent"
          title={serverName(server)}
          className="truncate font-medium hover:text-accent hover:underline"
        >
          {serverName(server)}
        </Link>
        <EnvironmentTag environment={server.environment} />
        {server.isDemo ? <Tag word="Demo" /> : null}
        {server.watchOnly ? <Tag word="Watch only" /> : null}
      </div>
      <p className="truncate text-xs text-muted">
        {server.sshHost}
        {server.tags.length > 0 ? ` · ${server.tags.join(', ')}` : ''}
        {server.facts?.os ? ` · ${server.facts.os} ${server.facts.osVersion ?? ''}` : ''}
      </p>
    </div>
  );
}

function NoSsh({ server }: { server: Server }) {
  return <span className="text-muted">{server.isDemo ? 'demo' : 'not used'}</span>;
}
