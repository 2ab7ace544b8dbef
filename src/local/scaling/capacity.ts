import type { ScalingPolicy } from './scalable-target.ts';

/** Instances that a policy asks for, before the target's bounds: `value` is the metric's, `excess` how far it is past the alarm's threshold. */
export function capacityOf(policy: ScalingPolicy, current: number, excess: number, value: number): number {
  const tracking = policy.TargetTrackingScalingPolicyConfiguration;
  if (tracking) {
    const proportional = Math.ceil((Math.max(1, current) * value) / tracking.TargetValue);
    return tracking.DisableScaleIn ? Math.max(current, proportional) : proportional;
  }
  const steps = policy.StepScalingPolicyConfiguration;
  const step = steps?.StepAdjustments?.find(
    ({
      MetricIntervalLowerBound: low = Number.NEGATIVE_INFINITY,
      MetricIntervalUpperBound: high = Number.POSITIVE_INFINITY,
    }) => excess >= low && excess < high,
  );
  if (!steps || !step) return current;
  if (steps.AdjustmentType === 'ExactCapacity') return step.ScalingAdjustment;
  if (steps.AdjustmentType !== 'PercentChangeInCapacity') return current + step.ScalingAdjustment;
  const change = (current * step.ScalingAdjustment) / 100;
  // AWS rounds away from zero what is below 1, and towards it what is above.
  const whole = Math.abs(change) < 1 ? Math.sign(change) : Math.trunc(change);
  return current + Math.sign(whole) * Math.max(Math.abs(whole), steps.MinAdjustmentMagnitude ?? 0);
}
