import type { PutScalingPolicyRequest, RegisterScalableTargetRequest } from '../api/application-autoscaling.ts';
import { AwsError } from '../wire/aws-error.ts';
import type { Address } from './scalable-resource.ts';

/** A scalable target as Describe gives it back. Times in epoch seconds. */
export type ScalableTarget = RegisterScalableTargetRequest & {
  MinCapacity: number;
  MaxCapacity: number;
  ScalableTargetARN: string;
  CreationTime: number;
};

export type ScalingPolicy = PutScalingPolicyRequest & {
  PolicyARN: string;
  PolicyType: string;
  Alarms: { AlarmName: string; AlarmARN: string }[];
  CreationTime: number;
};

export interface ScalingActivity {
  ActivityId: string;
  ServiceNamespace: string;
  ResourceId: string;
  ScalableDimension: string;
  Description: string;
  Cause: string;
  StartTime: number;
  EndTime: number;
  StatusCode: string;
  StatusMessage: string;
  /** For cooldowns: from and to how many. */
  change: [from: number, to: number];
}

export const targetKey = ({ ResourceId, ScalableDimension }: Address) => `${ResourceId}|${ScalableDimension}`;
export const policyKey = (policy: Address & { PolicyName: string }) => `${targetKey(policy)}|${policy.PolicyName}`;

export const notFound = (what: string, address: Address, more = '') =>
  new AwsError(
    'ObjectNotFoundException',
    `No ${what} found for service namespace: sagemaker, resource ID: ${address.ResourceId}, scalable dimension: ${address.ScalableDimension}${more}`,
  );
