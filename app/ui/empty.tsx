import type { ReactNode } from 'react';
import type { ApiProblem } from '../api/problem.ts';
import { Icon, type IconName } from './icon.tsx';

/** Nothing to show: why, and what to do next. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-2 px-4 py-12 text-center">
      <span className="grid size-10 place-items-center rounded-full bg-quiet-soft text-muted">
        <Icon name={icon} size={18} />
      </span>
      <p className="font-medium">{title}</p>
      <div className="max-w-prose text-sm text-muted">{children}</div>
    </div>
  );
}

/** A sentence that needs attention, in place. */
export function Notice({
  tone,
  title,
  children,
}: {
  tone: 'bad' | 'change' | 'active' | 'good';
  title?: string;
  children: ReactNode;
}) {
  const tones = {
    bad: 'border-bad/40 bg-bad-soft [&>svg]:text-bad',
    change: 'border-change/40 bg-change-soft [&>svg]:text-change',
    active: 'border-active/40 bg-active-soft [&>svg]:text-active',
    good: 'border-good/40 bg-good-soft [&>svg]:text-good',
  };
  const icons = { bad: 'alert', change: 'alert', active: 'info', good: 'check' } as const;
  return (
    <div
      role={tone === 'bad' ? 'alert' : undefined}
      className={`flex gap-2.5 rounded border px-3 py-2.5 text-sm ${tones[tone]}`}
    >
      <Icon name={icons[tone]} className="mt-0.5" />
      <div className="min-w-0 break-words">
        {title ? <p className="font-medium">{title}</p> : null}
        {children}
      </div>
    </div>
  );
}

/** A card or a form that failed alone. */
export function ProblemNotice({ problem, title }: { problem: ApiProblem; title?: string }) {
  const others = problem.errors?.filter((error) => !problem.detail.includes(error.message)) ?? [];
  return (
    <Notice tone="bad" {...(title ? { title } : {})}>
      <p>{problem.detail}</p>
      {others.length > 0 ? (
        <ul className="mt-1 list-disc pl-4">
          {others.map((error) => (
            <li key={`${error.path} ${error.message}`}>
              {error.path ? <code className="font-mono text-xs">{error.path}</code> : null} {error.message}
            </li>
          ))}
        </ul>
      ) : null}
    </Notice>
  );
}
