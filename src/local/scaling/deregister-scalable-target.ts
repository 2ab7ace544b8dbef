import type { Account } from '../account.ts';
import type { Inputs } from '../api/application-autoscaling.ts';
import { removePolicy } from './remove-policy.ts';
import { notFound, targetKey } from './scalable-target.ts';

export const deregisterScalableTarget = async (input: Inputs['DeregisterScalableTarget'], account: Account) => {
  const { targets, policies } = account.scaler;
  const key = targetKey(input);
  if (!targets.get(key)) throw notFound('scalable target', input);
  for (const policy of [...policies.values()]) if (targetKey(policy) === key) await removePolicy(account, policy);
  await targets.delete(key);
  return {};
};
