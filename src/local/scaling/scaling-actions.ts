import { api, type Inputs } from '../api/application-autoscaling.ts';
import type { Actions, Service } from '../wire/operation.ts';
import { deleteScalingPolicy } from './delete-scaling-policy.ts';
import { deregisterScalableTarget } from './deregister-scalable-target.ts';
import { describeScalableTargets, describeScalingActivities, describeScalingPolicies } from './describe.ts';
import { putScalingPolicy } from './put-scaling-policy.ts';
import { registerScalableTarget } from './register-scalable-target.ts';

const actions: Actions<Inputs> = {
  DeleteScalingPolicy: deleteScalingPolicy,
  DeregisterScalableTarget: deregisterScalableTarget,
  DescribeScalableTargets: describeScalableTargets,
  DescribeScalingActivities: describeScalingActivities,
  DescribeScalingPolicies: describeScalingPolicies,
  PutScalingPolicy: putScalingPolicy,
  RegisterScalableTarget: registerScalableTarget,
};

export const autoScaling: Service = {
  name: 'Application Auto Scaling',
  api,
  actions,
  invalid: 'ValidationException',
};
