import { randomUUID } from 'node:crypto';
import type { TargetTrackingScalingPolicyConfiguration } from '../api/application-autoscaling.ts';
import type { PutMetricAlarmInput } from '../api/cloudwatch.ts';
import { validationException } from '../wire/aws-error.ts';
import { scalableResource } from './scalable-resource.ts';

/** The alarms by which AWS carries out target tracking: three minutes above the target, a quarter of an hour below nine tenths of it. */
export function trackingAlarms(
  policy: { ResourceId: string; ScalableDimension: string; PolicyARN: string },
  config: TargetTrackingScalingPolicyConfiguration,
): PutMetricAlarmInput[] {
  const metric = metricOf(policy, config);
  const alarm = (side: string) => ({
    ...metric,
    AlarmName: `TargetTracking-${policy.ResourceId}-Alarm${side}-${randomUUID()}`,
    AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policy.PolicyARN}.`,
    AlarmActions: [policy.PolicyARN],
    Period: 60,
  });
  const high: PutMetricAlarmInput = {
    ...alarm('High'),
    EvaluationPeriods: 3,
    Threshold: config.TargetValue,
    ComparisonOperator: 'GreaterThanThreshold',
  };
  if (config.DisableScaleIn) return [high];
  const low: PutMetricAlarmInput = {
    ...alarm('Low'),
    EvaluationPeriods: 15,
    Threshold: config.TargetValue * 0.9,
    ComparisonOperator: 'LessThanThreshold',
  };
  return [high, low];
}

function metricOf(
  policy: { ResourceId: string; ScalableDimension: string },
  { PredefinedMetricSpecification, CustomizedMetricSpecification }: TargetTrackingScalingPolicyConfiguration,
): Pick<PutMetricAlarmInput, 'Namespace' | 'MetricName' | 'Dimensions' | 'Statistic'> {
  const { type, name, dimensions } = scalableResource(policy).metric;
  if (PredefinedMetricSpecification?.PredefinedMetricType === type) {
    return { Namespace: 'AWS/SageMaker', MetricName: name, Dimensions: dimensions, Statistic: 'Sum' };
  }
  const { Namespace, MetricName, Dimensions, Statistic } = CustomizedMetricSpecification ?? {};
  if (Namespace === undefined || MetricName === undefined || Statistic === undefined) {
    throw validationException(
      `A target tracking policy needs the predefined metric ${type}, or a customized metric with Namespace, MetricName and Statistic.`,
    );
  }
  return { Namespace, MetricName, Statistic, ...(Dimensions && { Dimensions }) };
}
