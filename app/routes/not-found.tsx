import { throwProblem } from '../api/call-api.server.ts';
import { PageErrorBoundary } from '../shell/page-error-boundary.tsx';

export function loader(): never {
  throwProblem({ status: 404, code: 'page_not_found', detail: 'There is no page at this address.' });
}

export default function NotFound() {
  return null;
}

export const ErrorBoundary = PageErrorBoundary;
