import { describe } from '@jest/globals';

import { detectFleet } from './detect.ts';

/** A `describe` that runs where the machine can make a fleet; elsewhere its tests count as skipped and the title says why. */
export function describeWithFleet(name: string, body: () => void): void {
  const detection = detectFleet();
  if (detection.ok) describe(name, body);
  else describe.skip(`${name} (no fleet here: ${detection.reason})`, body);
}
