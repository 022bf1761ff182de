import type { Server } from '#common/contracts/servers.ts';
import type { SshKey } from '#common/contracts/ssh-keys.ts';
import { fieldError, type ApiProblem } from '../api/problem.ts';
import { SelectField, TextField } from '../ui/field.tsx';

/** The fields of a server, for adding and editing. */
export function ServerFields({
  server,
  keys,
  problem,
  chosenKey,
}: {
  server?: Server | undefined;
  keys: readonly SshKey[];
  problem: ApiProblem | undefined;
  chosenKey?: string | undefined;
}) {
  const error = (path: string) => fieldError(problem, path);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField
        label="Address"
        name="sshHost"
        required
        autoComplete="off"
        spellCheck={false}
        defaultValue={server?.sshHost ?? ''}
        hint="Name or IP address that Admiral connects to."
        error={error('sshHost')}
      />
      <div className="grid grid-cols-[minmax(0,1fr)_6rem] gap-3">
        <TextField
          label="SSH user"
          name="sshUsername"
          required
          autoComplete="off"
          spellCheck={false}
          defaultValue={server?.sshUsername ?? 'root'}
          hint="Root, or a user who may sudo."
          error={error('sshUsername')}
        />
        <TextField
          label="Port"
          name="sshPort"
          inputMode="numeric"
          pattern="[0-9]{1,5}"
          required
          defaultValue={String(server?.sshPort ?? 22)}
          error={error('sshPort')}
        />
      </div>
      <TextField
        label="Host name"
        name="hostname"
        optional={!server}
        required={Boolean(server)}
        autoComplete="off"
        spellCheck={false}
        defaultValue={server?.hostname ?? ''}
        hint={server ? undefined : 'The address, where left empty.'}
        error={error('hostname')}
      />
      <TextField
        label="Display name"
        name="displayName"
        optional
        autoComplete="off"
        defaultValue={server?.displayName ?? ''}
        error={error('displayName')}
      />
      <SelectField
        label="SSH key"
        name="sshKeyId"
        defaultValue={chosenKey ?? server?.sshKeyId ?? keys[0]?.id ?? ''}
        error={error('sshKeyId')}
      >
        <option value="">None yet</option>
        {keys.map((key) => (
          <option key={key.id} value={key.id}>
            {key.name} ({key.type.replace(/^ssh-/, '')})
          </option>
        ))}
      </SelectField>
      <SelectField
        label="Environment"
        name="environment"
        defaultValue={server?.environment ?? 'other'}
        hint="Production asks once more before a deployment."
        error={error('environment')}
      >
        <option value="production">Production</option>
        <option value="staging">Staging</option>
        <option value="other">Other</option>
      </SelectField>
      <TextField
        label="Tags"
        name="tags"
        optional
        autoComplete="off"
        defaultValue={server?.tags.join(', ') ?? ''}
        hint="Separated by commas."
        error={error('tags')}
      />
    </div>
  );
}
