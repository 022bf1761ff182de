import type { ApiDeps } from '../deps.ts';
import type { Transaction } from '../http/change.ts';
import { RefusedError } from '../http/refused-error.ts';

interface Fields {
  sshHost?: string | undefined;
  sshKeyId?: string | null | undefined;
}

/** What a contract alone cannot know. Throws invalid_request. */
export async function checkFields(
  tx: Transaction,
  deps: Pick<ApiDeps, 'testLocalTargets'>,
  fields: Fields,
): Promise<void> {
  if (fields.sshHost?.toLowerCase() === 'local' && !deps.testLocalTargets) {
    throw refuse('sshHost', 'must be a host name or address: the machine of Admiral itself is never a target');
  }
  if (typeof fields.sshKeyId === 'string') {
    const [key] = await tx.$queryRaw<unknown[]>`
      SELECT id FROM admiral.ssh_keys WHERE id = ${fields.sshKeyId}::uuid FOR KEY SHARE`;
    if (key === undefined) throw refuse('sshKeyId', 'names no SSH key that exists');
  }
}

function refuse(path: string, message: string): RefusedError {
  return new RefusedError('invalid_request', `${path} ${message}.`, [{ path, message }]);
}
