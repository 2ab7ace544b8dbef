import type { Account } from '../account.ts';
import type { Inputs } from '../api/application-autoscaling.ts';
import { removePolicy } from './remove-policy.ts';
import { notFound, policyKey } from './scalable-target.ts';

export const deleteScalingPolicy = async (input: Inputs['DeleteScalingPolicy'], account: Account) => {
  const policy = account.scaler.policies.get(policyKey(input));
  if (!policy) throw notFound('scaling policy', input, `, policy name: ${input.PolicyName}`);
  await removePolicy(account, policy);
  return {};
};
