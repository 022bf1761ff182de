import type { Overview } from '#common/contracts/system.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Card } from '../ui/page.tsx';

interface Step {
  title: string;
  text: string;
  isDone: boolean;
  to: string;
  action: string;
}

function stepsOf({ sshKeys, servers, deployments }: Overview): Step[] {
  const deployed =
    deployments.active + Object.values(deployments.last24Hours).reduce((sum, value) => sum + value, 0) > 0;
  const hasReport = servers.online + servers.offline > 0;
  return [
    {
      title: 'Add an SSH key',
      text: 'Admiral generates one, or takes yours. The private half stays sealed.',
      isDone: sshKeys > 0,
      to: '/keys?add=generate',
      action: 'Add a key',
    },
    {
      title: 'Add a server',
      text: 'Its address and user. A connection test says what is missing.',
      isDone: servers.total > 0,
      to: '/servers/new',
      action: 'Add a server',
    },
    {
      title: 'Deploy the agent',
      text: 'Watch Ansible install it, task by task.',
      isDone: deployed || hasReport,
      to: '/deployments/new?playbook=nodepulse/deploy-agent',
      action: 'Deploy',
    },
    {
      title: 'See the first report',
      text: 'Charts appear by themselves, seconds after the deployment.',
      isDone: hasReport,
      to: '/servers',
      action: 'Servers',
    },
  ];
}

/** Whether the way in is still to be shown. */
export const needsFirstSteps = (overview: Overview): boolean => stepsOf(overview).some((step) => !step.isDone);

/** The way from an empty installation to the first chart, one step at a time. */
export function FirstSteps({ overview }: { overview: Overview }) {
  const steps = stepsOf(overview);
  const next = steps.findIndex((step) => !step.isDone);
  return (
    <Card title="First steps" flush>
      <ol>
        {steps.map((step, index) => (
          <li
            key={step.title}
            className="flex flex-wrap items-center gap-x-3.5 gap-y-2 border-b border-line px-4 py-3 last:border-b-0"
          >
            <span
              className={`grid size-7 shrink-0 place-items-center rounded-full text-sm font-semibold ${
                step.isDone
                  ? 'bg-good-soft text-good'
                  : index === next
                    ? 'bg-accent text-on-accent'
                    : 'bg-quiet-soft text-muted'
              }`}
            >
              {step.isDone ? <Icon name="check" size={14} /> : index + 1}
            </span>
            <div className="min-w-0 grow basis-56">
              <p className={`text-sm font-medium ${step.isDone || index !== next ? 'text-muted' : ''}`}>
                {step.title}
                {step.isDone ? <span className="sr-only"> (done)</span> : null}
              </p>
              <p className="text-sm text-muted">{step.text}</p>
            </div>
            {index === next ? (
              index === steps.length - 1 ? (
                <span role="status" className="inline-flex items-center gap-2 text-sm text-active">
                  <Icon name="spinner" size={14} /> Waiting for the first report
                </span>
              ) : (
                <ButtonLink to={step.to} look="primary">
                  {step.action}
                </ButtonLink>
              )
            ) : null}
          </li>
        ))}
      </ol>
    </Card>
  );
}
