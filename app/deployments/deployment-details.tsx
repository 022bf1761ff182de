import type { Deployment } from '#common/contracts/deployments.ts';
import { Facts } from '../ui/facts.tsx';
import { absoluteTime } from '../format/time.ts';

/** What was asked for. Secret variables arrive masked. */
export function DeploymentDetails({ deployment }: { deployment: Deployment }) {
  const variables = Object.entries(deployment.variables);
  return (
    <div
      className="grid h-full content-start gap-5 overflow-y-auto p-4"
      tabIndex={0}
      role="region"
      aria-label="Details of the deployment"
    >
      <Facts
        facts={[
          [
            'Playbook',
            <code key="p" className="font-mono text-xs">
              {deployment.playbook}
            </code>,
          ],
          [
            'Version',
            <code key="h" className="font-mono text-xs break-all">
              {deployment.playbookHash}
            </code>,
          ],
          ['Started by', deployment.actorName],
          ['Created', absoluteTime(deployment.createdAt)],
          ['Started', deployment.startedAt ? absoluteTime(deployment.startedAt) : null],
          ['Finished', deployment.finishedAt ? absoluteTime(deployment.finishedAt) : null],
          [
            'Id',
            <code key="i" className="font-mono text-xs break-all">
              {deployment.id}
            </code>,
          ],
        ]}
      />
      <section>
        <h2 className="mb-2 text-sm font-semibold">Variables</h2>
        {variables.length === 0 ? (
          <p className="text-sm text-muted">None.</p>
        ) : (
          <Facts
            facts={variables.map(([name, value]) => [
              name,
              <code key={name} className="font-mono text-xs break-all">
                {String(value)}
              </code>,
            ])}
          />
        )}
      </section>
    </div>
  );
}
