import type { DemoInput } from './messages.ts';

/** What the demo's workflows ask for. Each checks the api's signature and the plan's row first. */
export interface DemoActivities {
  /** Makes servers, past deployments and history, newest day first; goes on where an earlier attempt ended. */
  fillDemo: (input: DemoInput) => Promise<void>;
  /** Sends reports for every demo server through the front door, for half an hour. */
  reportDemo: (input: DemoInput) => Promise<void>;
  /** Takes everything away but the audit entries; harmless when there is nothing. */
  removeDemo: (input: DemoInput) => Promise<void>;
}
