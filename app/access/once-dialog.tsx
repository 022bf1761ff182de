import { useFetcher } from '@remix-run/react';
import type { ReactNode } from 'react';
import type { ApiProblem, ApiResult } from '../api/problem.ts';
import { Button } from '../ui/button.tsx';
import { CopyLine } from '../ui/copy.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Notice, ProblemNotice } from '../ui/empty.tsx';

/** A form whose answer holds a secret that is shown once, and never again. */
export function OnceDialog<T>({
  open,
  onClose,
  title,
  description,
  verb,
  fields,
  secretOf,
  label,
  explanation,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  description: ReactNode;
  verb: string;
  fields: (problem: ApiProblem | undefined) => ReactNode;
  secretOf: (answer: T) => string;
  label: string;
  explanation: string;
}) {
  return (
    <Dialog open={open} onOpenChange={onClose} title={title} description={description} wide>
      {open ? (
        <OnceForm<T>
          onClose={onClose}
          verb={verb}
          fields={fields}
          secretOf={secretOf}
          label={label}
          explanation={explanation}
        />
      ) : null}
    </Dialog>
  );
}

function OnceForm<T>({
  onClose,
  verb,
  fields,
  secretOf,
  label,
  explanation,
}: {
  onClose: () => void;
  verb: string;
  fields: (problem: ApiProblem | undefined) => ReactNode;
  secretOf: (answer: T) => string;
  label: string;
  explanation: string;
}) {
  const fetcher = useFetcher();
  const result = fetcher.state === 'idle' ? (fetcher.data as ApiResult<T> | undefined) : undefined;
  const problem = result && !result.ok ? result.problem : undefined;
  if (result?.ok) {
    return (
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        <Notice tone="good" title="Shown once">
          {explanation}
        </Notice>
        <CopyLine text={secretOf(result.data)} label={label} />
        <DialogActions>
          <Button look="primary" onClick={onClose}>
            I have it
          </Button>
        </DialogActions>
      </div>
    );
  }
  return (
    <fetcher.Form method="post" className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {problem ? <ProblemNotice problem={problem} /> : null}
      {fields(problem)}
      <DialogActions>
        <Button onClick={onClose}>Back</Button>
        <Button type="submit" look="primary" name="intent" value="create" busy={fetcher.state !== 'idle'}>
          {verb}
        </Button>
      </DialogActions>
    </fetcher.Form>
  );
}
