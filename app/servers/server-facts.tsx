import type { Server } from '#common/contracts/servers.ts';
import { bytes } from '../format/quantity.ts';
import { Empty } from '../ui/empty.tsx';
import { Facts } from '../ui/facts.tsx';
import { Card } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';

/** What is known of the host, and what people wrote about it. */
export function ServerFacts({ server }: { server: Server }) {
  const { facts } = server;
  const mono = (text: string) => <code className="font-mono text-xs break-all">{text}</code>;
  const metadata = Object.entries(server.metadata);
  const version = facts?.agent?.version;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 lg:grid-cols-2">
      <Card
        title="Host"
        actions={
          server.factsAt ? (
            <span className="text-xs text-muted">
              as of <Time at={server.factsAt} />
            </span>
          ) : null
        }
      >
        {facts ? (
          <Facts
            facts={[
              ['System', facts.os ? `${facts.os} ${facts.osVersion ?? ''}` : null],
              ['Kernel', facts.kernel ?? null],
              ['Architecture', facts.architecture ?? null],
              ['Cores', facts.cores ?? null],
              ['Memory', facts.memoryBytes ? bytes(facts.memoryBytes) : null],
              ['Own name', facts.hostname ?? null],
              ['Python', facts.python ?? null],
              ['Agent', typeof version === 'string' ? version : null],
              [
                'Addresses',
                facts.addresses?.length ? (
                  <span key="a" className="grid">
                    {facts.addresses.map((address) => (
                      <span key={address}>{mono(address)}</span>
                    ))}
                  </span>
                ) : null,
              ],
            ]}
          />
        ) : (
          <Empty icon="info" title="Nothing is known yet">
            A connection test or the first report of the agent tells.
          </Empty>
        )}
      </Card>
      <Card title="Identity">
        <Facts
          facts={[
            ['Host name', server.hostname],
            ['Id', mono(server.id)],
            ['Agent’s id', mono(server.serverId)],
            ['Environment', server.environment],
            ['Tags', server.tags.length > 0 ? server.tags.join(', ') : null],
            ['Added', <Time key="c" at={server.createdAt} />],
            ...metadata.map(
              ([name, value]) => [name, mono(typeof value === 'string' ? value : JSON.stringify(value))] as const,
            ),
          ]}
        />
      </Card>
    </div>
  );
}
