/** Name under which `fillDemo` is started. */
export const FILL_DEMO = 'fillDemo';
/** Name of the workflow that only takes away, for a demo whose `fillDemo` has ended before. */
export const REMOVE_DEMO = 'removeDemo';

/** Each plan has its own workflow: starting it twice is harmless. */
export const demoWorkflowId = (planId: string) => `demo-${planId}`;
export const demoRemovalWorkflowId = (planId: string) => `demo-removal-${planId}`;

/** Input of both: which plan, and the api's signature (DemoClaim) over what the row of the plan says. */
export interface DemoInput {
  planId: string;
  authorization: string;
}

export interface FillDemoInput extends DemoInput {
  /** History is there: only reports are sent. Set when the workflow goes on as new. */
  isFilled?: boolean;
}
