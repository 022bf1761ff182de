import { useFetcher } from '@remix-run/react';
import type { Server } from '#common/contracts/servers.ts';
import type { SshKey } from '#common/contracts/ssh-keys.ts';
import type { ApiResult } from '../api/problem.ts';
import { useMay } from '../shell/me-context.ts';
import { Badge } from '../ui/badge.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { CopyLine } from '../ui/copy.tsx';
import { Notice, ProblemNotice } from '../ui/empty.tsx';
import { Card } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { ConnectionSteps } from './connection-steps.tsx';
import { CONNECTION_LOOKS } from './server-state.ts';

/** The way from an address to an agent: key on the host, test, host key, deploy. */
export function ConnectionPanel({ server, sshKey }: { server: Server; sshKey: SshKey | null }) {
  const test = useFetcher<ApiResult<unknown>>();
  const connection = useMay('servers.connection');
  const run = useMay('deployments.run');
  const isTesting = test.state !== 'idle';
  const report = server.connectionReport;
  const target = `${server.sshUsername}@${server.sshHost}${server.sshPort === 22 ? '' : `:${server.sshPort}`}`;
  return (
    <Card
      title={
        <span className="flex items-center gap-2.5">
          Connection{' '}
          <Badge
            look={
              isTesting
                ? { word: 'Testing', icon: 'spinner', tone: 'active' }
                : CONNECTION_LOOKS[server.connectionState]
            }
          />
        </span>
      }
      actions={
        <test.Form method="post">
          <Button
            type="submit"
            name="intent"
            value="test"
            icon="bolt"
            busy={isTesting}
            look={server.connectionState === 'untested' ? 'primary' : 'plain'}
            disabledReason={
              connection.reason ?? (server.sshKeyId ? null : 'Choose an SSH key for this server first: Edit.')
            }
          >
            Test connection
          </Button>
        </test.Form>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4" aria-live="polite">
        <p className="text-sm text-muted">
          <code className="font-mono text-xs break-all text-text">{target}</code>
          {report ? (
            <>
              {' '}
              · tested <Time at={report.at} />
            </>
          ) : null}
        </p>
        {sshKey && server.connectionState !== 'ok' ? (
          <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
            <p className="text-sm">
              The host must know the key <strong>{sshKey.name}</strong>. As {server.sshUsername} on the host, add this
              line to <code className="font-mono text-xs">~/.ssh/authorized_keys</code>:
            </p>
            <CopyLine text={sshKey.publicKey} label={`Public key ${sshKey.name}`} />
          </div>
        ) : null}
        {test.data && !test.data.ok ? <ProblemNotice problem={test.data.problem} title="The test did not run" /> : null}
        <HostKeyQuestion server={server} />
        {report ? (
          <div className={isTesting ? 'opacity-50' : ''}>
            <ConnectionSteps report={report} />
          </div>
        ) : isTesting ? (
          <p className="text-sm text-muted">Connecting… this takes up to a minute where a host does not answer.</p>
        ) : (
          <p className="text-sm text-muted">
            Not tested yet. The test signs in, looks at sudo and Python, and asks the host whether it reaches Admiral.
            It changes nothing.
          </p>
        )}
        {server.connectionState === 'ok' && server.lastSeenAt === null ? (
          <Notice tone="good" title="The connection works">
            <p className="mb-2">Next, deploy the agent: it reports CPU, memory, disk, network and processes.</p>
            {run.may ? (
              <ButtonLink
                look="primary"
                icon="rocket"
                to={`/deployments/new?playbook=nodepulse/deploy-agent&server=${server.id}`}
              >
                Deploy the agent
              </ButtonLink>
            ) : (
              <Button look="primary" icon="rocket" disabledReason={run.reason}>
                Deploy the agent
              </Button>
            )}
          </Notice>
        ) : null}
      </div>
    </Card>
  );
}

/** Asks for a decision about the key that the host showed. */
function HostKeyQuestion({ server }: { server: Server }) {
  const fetcher = useFetcher<ApiResult<unknown>>();
  const { reason } = useMay('servers.connection');
  const seen = server.seenHostKeyFingerprint;
  const isChanged = server.connectionState === 'host_key_changed';
  if (seen === null || (!isChanged && server.connectionState !== 'host_key_unknown')) return null;
  return (
    <Notice
      tone={isChanged ? 'bad' : 'change'}
      title={isChanged ? 'The host shows another key than the accepted one' : 'Is this the host you mean?'}
    >
      <dl className="my-2 grid gap-1.5">
        {server.hostKeyFingerprint ? (
          <div>
            <dt className="text-xs text-muted">Accepted before</dt>
            <dd className="font-mono text-xs break-all">{server.hostKeyFingerprint}</dd>
          </div>
        ) : null}
        <div>
          <dt className="text-xs text-muted">Shown now</dt>
          <dd className="font-mono text-xs break-all">{seen}</dd>
        </div>
      </dl>
      <p className="mb-2">
        {isChanged
          ? 'The host was installed anew, or somebody stands between. Nothing connects until you decide. '
          : 'Once accepted, every connection demands this key. '}
        To compare, run on the host:{' '}
        <code className="font-mono text-xs">ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</code>
      </p>
      {fetcher.data && !fetcher.data.ok ? <p className="mb-2 text-bad">{fetcher.data.problem.detail}</p> : null}
      <fetcher.Form method="post">
        <input type="hidden" name="fingerprint" value={seen} />
        <Button
          type="submit"
          name="intent"
          value="accept"
          look={isChanged ? 'danger' : 'primary'}
          icon="key"
          busy={fetcher.state !== 'idle'}
          disabledReason={reason}
        >
          Accept this host key
        </Button>
      </fetcher.Form>
    </Notice>
  );
}
