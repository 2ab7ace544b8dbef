import { randomUUID } from 'node:crypto';
import type { Account } from '../account.ts';
import type { Inputs } from '../api/application-autoscaling.ts';
import { partition } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { putMetricAlarm } from '../cloudwatch/put-metric-alarm.ts';
import { validationException } from '../wire/aws-error.ts';
import { removePolicy } from './remove-policy.ts';
import { notFound, policyKey, targetKey } from './scalable-target.ts';
import { trackingAlarms } from './tracking-alarms.ts';

/** Target tracking makes its own alarms; a step scaling policy is called by alarms that have its ARN among their actions. */
export const putScalingPolicy = async (input: Inputs['PutScalingPolicy'], account: Account) => {
  const { scaler, region, accountId } = account;
  if (!scaler.targets.get(targetKey(input))) throw notFound('scalable target', input);
  const known = scaler.policies.get(policyKey(input));
  const PolicyType = input.PolicyType ?? known?.PolicyType ?? 'StepScaling';
  const tracking = input.TargetTrackingScalingPolicyConfiguration;
  const given = PolicyType === 'TargetTrackingScaling' ? tracking : input.StepScalingPolicyConfiguration;
  if (PolicyType === 'PredictiveScaling' || !given) {
    throw validationException(
      `A policy of type ${PolicyType} needs its configuration, and PredictiveScaling is not for SageMaker.`,
    );
  }
  const PolicyARN =
    known?.PolicyARN ??
    `arn:${partition(account)}:autoscaling:${region}:${accountId}:scalingPolicy:${randomUUID()}:resource/sagemaker/${input.ResourceId}:policyName/${input.PolicyName}`;
  const alarms = tracking ? trackingAlarms({ ...input, PolicyARN }, tracking) : [];
  if (known) await removePolicy(account, known);
  for (const alarm of alarms) await putMetricAlarm(alarm, account);
  const Alarms = alarms.map(({ AlarmName }) => ({
    AlarmName,
    AlarmARN: account.alarms.get(AlarmName)?.AlarmArn ?? '',
  }));
  const policy = { ...input, PolicyType, PolicyARN, Alarms, CreationTime: epochSeconds() };
  await scaler.policies.set(policyKey(input), policy as typeof policy & { PolicyType: 'StepScaling' });
  return { PolicyARN, Alarms };
};
