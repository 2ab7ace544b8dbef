import {
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { GatewayError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { defined } from './defined.ts';
import { sending } from './fault.ts';
import { orNothing } from './or-nothing.ts';

/** Target tracking of the calls to each instance of a variant. */
export interface ScalingOrder {
  readonly minInstances: number;
  readonly maxInstances: number;
  /** A minute. */
  readonly invocationsPerInstance: number;
  readonly scaleOutCooldownSeconds?: number;
  readonly scaleInCooldownSeconds?: number;
}

const targetOf = (endpoint: string, variant: string) =>
  ({
    ServiceNamespace: 'sagemaker',
    ResourceId: `endpoint/${endpoint}/variant/${variant}`,
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  }) as const;

const policyName = (endpoint: string): string => `sagemaker-gateway-${endpoint}`;

/** Registers the variant, or changes its limits and its target. */
export async function putScaling(aws: Aws, endpoint: string, variant: string, order: ScalingOrder): Promise<void> {
  const target = targetOf(endpoint, variant);
  await sending(
    aws.scaling.send(
      new RegisterScalableTargetCommand({
        ...target,
        MinCapacity: order.minInstances,
        MaxCapacity: order.maxInstances,
      }),
    ),
  );
  await sending(
    aws.scaling.send(
      new PutScalingPolicyCommand({
        ...target,
        PolicyName: policyName(endpoint),
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: order.invocationsPerInstance,
          PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
          ...defined({
            ScaleOutCooldown: order.scaleOutCooldownSeconds,
            ScaleInCooldown: order.scaleInCooldownSeconds,
          }),
        },
      }),
    ),
  );
}

/** How a variant scales; undefined when it does not, or where the gateway may not ask. */
export async function findScaling(aws: Aws, endpoint: string, variant: string): Promise<ScalingOrder | undefined> {
  try {
    return await describeScaling(aws, endpoint, variant);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'aws_access_denied') return undefined;
    throw error;
  }
}

async function describeScaling(aws: Aws, endpoint: string, variant: string): Promise<ScalingOrder | undefined> {
  const { ResourceId, ...scope } = targetOf(endpoint, variant);
  const [targets, policies] = await Promise.all([
    sending(aws.scaling.send(new DescribeScalableTargetsCommand({ ...scope, ResourceIds: [ResourceId] }))),
    sending(aws.scaling.send(new DescribeScalingPoliciesCommand({ ...scope, ResourceId }))),
  ]);
  const target = targets.ScalableTargets?.[0];
  const tracking = policies.ScalingPolicies?.find(({ PolicyName }) => PolicyName === policyName(endpoint));
  if (target === undefined) return undefined;
  const {
    TargetValue = 0,
    ScaleOutCooldown,
    ScaleInCooldown,
  } = tracking?.TargetTrackingScalingPolicyConfiguration ?? {};
  return {
    minInstances: target.MinCapacity ?? 0,
    maxInstances: target.MaxCapacity ?? 0,
    invocationsPerInstance: TargetValue,
    ...defined({ scaleOutCooldownSeconds: ScaleOutCooldown, scaleInCooldownSeconds: ScaleInCooldown }),
  };
}

/** Ends scaling, policies with it. @returns whether there was any */
export async function removeScaling(aws: Aws, endpoint: string, variant: string): Promise<boolean> {
  const command = new DeregisterScalableTargetCommand(targetOf(endpoint, variant));
  return (await orNothing(aws.scaling.send(command))) !== undefined;
}
