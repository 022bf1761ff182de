// What the workflow bundle exports: the name of each function is the name of its workflow.
export { deployFleet } from './deploy-fleet/workflow.ts';
export { fillDemo, removeDemo } from './demo/workflow.ts';
export { testConnection } from './test-connection/workflow.ts';
