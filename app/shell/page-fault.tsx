import { isRouteErrorResponse, Link, useRouteError } from '@remix-run/react';
import { problemFrom } from '../api/problem.ts';
import { ButtonLink, buttonClass } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

/** What went wrong, as a title, a sentence and the status. Texts of programs' errors stay in the log. */
export function describeFault(error: unknown): { title: string; detail: string; status: number | null } {
  if (!isRouteErrorResponse(error)) {
    return {
      title: 'This page failed',
      detail: 'Something in the dashboard went wrong. Load the page again; what you were doing on the servers goes on.',
      status: null,
    };
  }
  const problem = problemFrom(error.status, error.data);
  if (error.status === 404) {
    const isKnown = problem.code !== 'unexpected_answer';
    return {
      title: 'Not found',
      detail: isKnown ? problem.detail : 'There is nothing at this address. It may have been removed.',
      status: 404,
    };
  }
  if (error.status === 403) return { title: 'Not allowed', detail: problem.detail, status: 403 };
  if (problem.code === 'api_unreachable')
    return { title: 'Admiral is not reachable', detail: problem.detail, status: 503 };
  return { title: 'This page could not be loaded', detail: problem.detail, status: error.status };
}

/** Body of every error boundary. */
export function PageFault() {
  const { title, detail, status } = describeFault(useRouteError());
  return (
    <section className="grid justify-items-start gap-3" aria-labelledby="fault-title">
      <span className="grid size-9 place-items-center rounded-lg bg-bad-soft text-bad">
        <Icon name={status === 403 ? 'lock' : status === 404 ? 'search' : 'alert'} size={18} />
      </span>
      <h1 id="fault-title" className="text-xl font-semibold">
        {title}
      </h1>
      <p className="max-w-prose text-muted">{detail}</p>
      {status === null ? null : <p className="text-xs text-muted">Status {status}</p>}
      <div className="mt-1 flex flex-wrap gap-2">
        <a href="" className={buttonClass('primary')}>
          Load again
        </a>
        <ButtonLink to="/">Overview</ButtonLink>
      </div>
      {status === 403 ? (
        <p className="text-sm text-muted">
          Another account may be allowed to:{' '}
          <Link to="/sign-out" className="text-accent underline">
            sign out
          </Link>
          .
        </p>
      ) : null}
    </section>
  );
}
