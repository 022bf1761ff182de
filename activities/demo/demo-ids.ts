import { createHash } from 'node:crypto';
import type { DemoPlan } from '#common/domain/demo/plan.ts';

/** Ids that follow from the plan, so that making or removing something twice hits the same rows. UUIDs of version 8 (RFC 9562). */
export function demoId(plan: DemoPlan, what: 'server' | 'deployment', index: number): string {
  const bytes = createHash('sha256')
    .update(`admiral/demo/${plan.id}/${what}/${String(index)}`)
    .digest()
    .subarray(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export const demoServerIds = (plan: DemoPlan): string[] =>
  Array.from({ length: plan.servers }, (_, index) => demoId(plan, 'server', index));
