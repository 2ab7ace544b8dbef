import type { Account } from '../account.ts';
import { policyKey, type ScalingPolicy } from './scalable-target.ts';

/** A policy goes with the alarms that were made for it. */
export async function removePolicy({ scaler, alarms }: Account, policy: ScalingPolicy): Promise<void> {
  await Promise.all(policy.Alarms.map(({ AlarmName }) => alarms.delete(AlarmName)));
  await scaler.policies.delete(policyKey(policy));
}
