import { PageFault } from './page-fault.tsx';

/** The error boundary of a page inside the shell: navigation stays. */
export function PageErrorBoundary() {
  return (
    <div className="px-4 py-10 sm:px-6">
      <PageFault />
    </div>
  );
}
