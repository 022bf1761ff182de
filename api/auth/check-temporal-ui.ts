import { authorize } from '../http/authorize.ts';
import type { Actor } from '../http/actor.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';

/** Asked by the front door before it passes a request on to Temporal's UI: 204 lets it through, for reading alone. */
export function checkTemporalUi(context: Context<unknown, unknown, unknown, Actor | undefined>): Promise<undefined> {
  authorize(context.actor, 'temporal.view');
  const method = context.request.get('x-forwarded-method') ?? '';
  if (method !== 'GET' && method !== 'HEAD') {
    throw new RefusedError('not_permitted', "Temporal's page can be read here, not used to change anything.");
  }
  return Promise.resolve(undefined);
}
