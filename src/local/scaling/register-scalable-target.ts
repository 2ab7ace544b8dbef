import { randomBytes } from 'node:crypto';
import type { Account } from '../account.ts';
import type { Inputs } from '../api/application-autoscaling.ts';
import { partition } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { validationException } from '../wire/aws-error.ts';
import { scalableResource } from './scalable-resource.ts';
import { type ScalableTarget, targetKey } from './scalable-target.ts';

/** Registered again it is changed. What has less or more than the bounds allow is brought within them. */
export const registerScalableTarget = async (input: Inputs['RegisterScalableTarget'], account: Account) => {
  const { scaler, region, accountId } = account;
  const resource = scalableResource(input);
  const key = targetKey(input);
  const known = scaler.targets.get(key);
  const MinCapacity = input.MinCapacity ?? known?.MinCapacity;
  const MaxCapacity = input.MaxCapacity ?? known?.MaxCapacity;
  if (MinCapacity === undefined || MaxCapacity === undefined) {
    throw validationException('MinCapacity and MaxCapacity are required to register a new scalable target.');
  }
  if (MinCapacity > MaxCapacity) {
    throw validationException('Maximum capacity cannot be less than minimum capacity');
  }
  const current = scaler.capacity(input);
  if (current === undefined && !known) {
    throw validationException(
      `The ${resource.unit === 'copy' ? 'inference component' : 'endpoint variant'} of ${input.ResourceId} does not exist or is not in service.`,
    );
  }
  const id = `${randomBytes(16).toString('hex')}`;
  const target: ScalableTarget = {
    ScalableTargetARN: `arn:${partition(account)}:application-autoscaling:${region}:${accountId}:scalable-target/${id}`,
    RoleARN: `arn:${partition(account)}:iam::${accountId}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`,
    CreationTime: epochSeconds(),
    ...known,
    ...input,
    MinCapacity,
    MaxCapacity,
  };
  await scaler.targets.set(key, target);
  if (current !== undefined) {
    const cause = `minimum capacity was set to ${MinCapacity}, maximum capacity was set to ${MaxCapacity}`;
    await scaler.set(target, Math.min(MaxCapacity, Math.max(MinCapacity, current)), cause);
  }
  return { ScalableTargetARN: target.ScalableTargetARN };
};
