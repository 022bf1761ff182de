import { useEffect, useState } from 'react';
import type { Server } from '#common/contracts/servers.ts';
import { counted } from '../format/quantity.ts';
import { EnvironmentTag } from '../servers/environment-tag.tsx';
import { serverName } from '../servers/server-name.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Notice } from '../ui/empty.tsx';
import { TextField } from '../ui/field.tsx';

const WORD = 'production';

/** Shows the affected servers and asks once; where production is among them, for a word to be typed. */
export function StartDialog({
  open,
  onOpenChange,
  playbook,
  targets,
  onStart,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  playbook: string;
  targets: readonly Server[];
  onStart: () => void;
}) {
  const [typed, setTyped] = useState('');
  const production = targets.filter((server) => server.environment === 'production').length;
  useEffect(() => {
    if (!open) setTyped('');
  }, [open]);
  const refusal = production > 0 && typed.trim().toLowerCase() !== WORD ? `Type “${WORD}” first.` : null;
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={`${playbook} on ${counted(targets.length, 'server')}?`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null) onStart();
        }}
        className="grid gap-3"
      >
        <ul
          className="max-h-52 divide-y divide-line overflow-y-auto rounded border border-line text-sm"
          aria-label="Affected servers"
          tabIndex={0}
        >
          {targets.map((server) => (
            <li key={server.id} className="flex items-center justify-between gap-2 px-3 py-1.5">
              <span className="truncate">{serverName(server)}</span>
              <EnvironmentTag environment={server.environment} />
            </li>
          ))}
        </ul>
        {production > 0 ? (
          <>
            <Notice tone="change">
              {counted(production, 'server')} of these {production === 1 ? 'is' : 'are'} marked production.
            </Notice>
            <TextField
              label={`Type “${WORD}” to go on`}
              autoComplete="off"
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
              }}
            />
          </>
        ) : null}
        <DialogActions>
          <Button
            onClick={() => {
              onOpenChange(false);
            }}
          >
            Back
          </Button>
          <Button type="submit" look="primary" icon="rocket" disabledReason={refusal}>
            Deploy
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
