import {
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  type MetricType,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  type ScalableDimension,
} from '@aws-sdk/client-application-auto-scaling';
import { GatewayError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { defined } from './defined.ts';
import { sending } from './fault.ts';
import { orNothing } from './or-nothing.ts';

/** Target tracking of the calls to each instance of a variant, or to each copy of an inference component. */
export interface Tracking {
  /** Of instances or copies. */
  readonly min: number;
  readonly max: number;
  /** A minute. */
  readonly invocationsPerEach: number;
  readonly scaleOutCooldownSeconds?: number;
  readonly scaleInCooldownSeconds?: number;
}

/** What scales. */
export interface ScalingTarget {
  readonly ResourceId: string;
  readonly ScalableDimension: ScalableDimension;
  readonly metric: MetricType;
  readonly policyName: string;
}

const addressOf = ({ ResourceId, ScalableDimension }: ScalingTarget) =>
  ({ ServiceNamespace: 'sagemaker', ResourceId, ScalableDimension }) as const;

/** Instances of a variant. */
export const instancesOf = (endpoint: string, variant: string): ScalingTarget => ({
  ResourceId: `endpoint/${endpoint}/variant/${variant}`,
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  metric: 'SageMakerVariantInvocationsPerInstance',
  policyName: `sagemaker-gateway-${endpoint}`,
});

/** Copies of an inference component. */
export const copiesOf = (component: string): ScalingTarget => ({
  ResourceId: `inference-component/${component}`,
  ScalableDimension: 'sagemaker:inference-component:DesiredCopyCount',
  metric: 'SageMakerInferenceComponentInvocationsPerCopy',
  policyName: `sagemaker-gateway-${component}`,
});

/** Registers the target, or changes its limits and what it tracks. */
export async function putScaling(aws: Aws, target: ScalingTarget, order: Tracking): Promise<void> {
  const address = addressOf(target);
  await sending(
    aws.scaling.send(new RegisterScalableTargetCommand({ ...address, MinCapacity: order.min, MaxCapacity: order.max })),
  );
  await sending(
    aws.scaling.send(
      new PutScalingPolicyCommand({
        ...address,
        PolicyName: target.policyName,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: order.invocationsPerEach,
          PredefinedMetricSpecification: { PredefinedMetricType: target.metric },
          ...defined({
            ScaleOutCooldown: order.scaleOutCooldownSeconds,
            ScaleInCooldown: order.scaleInCooldownSeconds,
          }),
        },
      }),
    ),
  );
}

/** A policy by which an alarm adds one, at most every minute. @returns its ARN */
export async function putStep(aws: Aws, target: ScalingTarget, policyName: string): Promise<string> {
  const { PolicyARN = '' } = await sending(
    aws.scaling.send(
      new PutScalingPolicyCommand({
        ...addressOf(target),
        PolicyName: policyName,
        PolicyType: 'StepScaling',
        StepScalingPolicyConfiguration: {
          AdjustmentType: 'ChangeInCapacity',
          MetricAggregationType: 'Maximum',
          Cooldown: 60,
          StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
        },
      }),
    ),
  );
  return PolicyARN;
}

/** How a target scales; undefined when it does not, or where the gateway may not ask. */
export async function findScaling(aws: Aws, target: ScalingTarget): Promise<Tracking | undefined> {
  try {
    return await describeScaling(aws, target);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'aws_access_denied') return undefined;
    throw error;
  }
}

async function describeScaling(aws: Aws, target: ScalingTarget): Promise<Tracking | undefined> {
  const { ResourceId, ...scope } = addressOf(target);
  const [targets, policies] = await Promise.all([
    sending(aws.scaling.send(new DescribeScalableTargetsCommand({ ...scope, ResourceIds: [ResourceId] }))),
    sending(aws.scaling.send(new DescribeScalingPoliciesCommand({ ...scope, ResourceId }))),
  ]);
  const registered = targets.ScalableTargets?.[0];
  const tracking = policies.ScalingPolicies?.find(({ PolicyName }) => PolicyName === target.policyName);
  if (registered === undefined) return undefined;
  const {
    TargetValue = 0,
    ScaleOutCooldown,
    ScaleInCooldown,
  } = tracking?.TargetTrackingScalingPolicyConfiguration ?? {};
  return {
    min: registered.MinCapacity ?? 0,
    max: registered.MaxCapacity ?? 0,
    invocationsPerEach: TargetValue,
    ...defined({ scaleOutCooldownSeconds: ScaleOutCooldown, scaleInCooldownSeconds: ScaleInCooldown }),
  };
}

/** Ends scaling, policies with it. @returns whether there was any */
export async function removeScaling(aws: Aws, target: ScalingTarget): Promise<boolean> {
  const command = new DeregisterScalableTargetCommand(addressOf(target));
  return (await orNothing(aws.scaling.send(command))) !== undefined;
}
