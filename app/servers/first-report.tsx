import { Link } from '@remix-run/react';
import type { Server } from '#common/contracts/servers.ts';
import { Card } from '../ui/page.tsx';
import { Icon } from '../ui/icon.tsx';

/** In the place of charts until the first report: it comes in by itself. */
export function FirstReport({ server }: { server: Server }) {
  const isConnected = server.connectionState === 'ok';
  return (
    <Card>
      <div className="grid justify-items-center gap-2 px-4 py-12 text-center" role="status">
        <Icon name="spinner" size={24} className="text-active" />
        <p className="font-medium">Waiting for the first report</p>
        <p className="max-w-prose text-sm text-muted">
          {isConnected ? (
            <>
              Charts appear here as soon as the agent reports.{' '}
              <Link
                className="text-accent underline"
                to={`/deployments/new?playbook=nodepulse/deploy-agent&server=${server.id}`}
              >
                Deploy the agent
              </Link>{' '}
              if you have not yet.
            </>
          ) : (
            <>
              First make the{' '}
              <Link className="text-accent underline" to="?tab=connection">
                connection
              </Link>{' '}
              work, then deploy the agent.
            </>
          )}
        </p>
      </div>
    </Card>
  );
}
