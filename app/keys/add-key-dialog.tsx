import { useFetcher } from '@remix-run/react';
import type { SshKey } from '#common/contracts/ssh-keys.ts';
import { fieldError, type ApiResult } from '../api/problem.ts';
import { Button } from '../ui/button.tsx';
import { CopyLine } from '../ui/copy.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Notice, ProblemNotice } from '../ui/empty.tsx';
import { SelectField, TextAreaField, TextField } from '../ui/field.tsx';

export type AddKeyKind = 'generate' | 'import';

/** Generates or imports a key; then shows the line for the hosts. */
export function AddKeyDialog({ kind, onClose }: { kind: AddKeyKind | null; onClose: () => void }) {
  return (
    <Dialog
      open={kind !== null}
      onOpenChange={onClose}
      wide={kind === 'import'}
      title={kind === 'import' ? 'Import an SSH key' : 'Generate an SSH key'}
      description="The private half is sealed and never leaves Admiral, except into a run."
    >
      {kind === null ? null : <AddKeyForm kind={kind} onClose={onClose} />}
    </Dialog>
  );
}

function AddKeyForm({ kind, onClose }: { kind: AddKeyKind; onClose: () => void }) {
  const fetcher = useFetcher<ApiResult<SshKey>>();
  const result = fetcher.state === 'idle' ? fetcher.data : undefined;
  const problem = result && !result.ok ? result.problem : undefined;
  if (result?.ok) {
    return (
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        <Notice tone="good" title={`Key “${result.data.name}” is ready`}>
          Add this line to <code className="font-mono text-xs">~/.ssh/authorized_keys</code> on your hosts.
        </Notice>
        <CopyLine text={result.data.publicKey} label="Public key" />
        <DialogActions>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </div>
    );
  }
  return (
    <fetcher.Form method="post" className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {problem ? <ProblemNotice problem={problem} /> : null}
      <TextField
        label="Name"
        name="name"
        required
        maxLength={120}
        autoComplete="off"
        error={fieldError(problem, 'name')}
      />
      {kind === 'generate' ? (
        <SelectField
          label="Type"
          name="generate"
          defaultValue="ed25519"
          hint="RSA only for hosts too old for ed25519."
          error={fieldError(problem, 'generate')}
        >
          <option value="ed25519">ed25519</option>
          <option value="rsa-4096">RSA, 4096 bit</option>
        </SelectField>
      ) : (
        <>
          <TextAreaField
            label="Private key"
            name="privateKey"
            required
            spellCheck={false}
            autoComplete="off"
            rows={8}
            placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
            className="font-mono text-xs"
            error={fieldError(problem, 'privateKey')}
          />
          <TextField
            label="Passphrase"
            name="passphrase"
            type="password"
            optional
            autoComplete="off"
            hint="Where the key is encrypted."
            error={fieldError(problem, 'passphrase')}
          />
        </>
      )}
      <DialogActions>
        <Button onClick={onClose}>Back</Button>
        <Button type="submit" look="primary" name="intent" value="add" busy={fetcher.state !== 'idle'}>
          {kind === 'generate' ? 'Generate' : 'Import'}
        </Button>
      </DialogActions>
    </fetcher.Form>
  );
}
