import type { CapacitySize, DeploymentConfig } from '../api/sagemaker.ts';
import { validationException } from '../wire/aws-error.ts';

/** What the shape alone cannot say. Shares are checked where they are percentages; of instances see `rolloutSchedule`. @throws AwsError ValidationException */
export function checkDeploymentConfig({ BlueGreenUpdatePolicy, RollingUpdatePolicy }: DeploymentConfig): void {
  if (BlueGreenUpdatePolicy && RollingUpdatePolicy) {
    throw validationException(
      'Only one of BlueGreenUpdatePolicy and RollingUpdatePolicy can be specified in DeploymentConfig.',
    );
  }
  if (RollingUpdatePolicy) checkPercent('MaximumBatchSize', RollingUpdatePolicy.MaximumBatchSize, 5, 50);
  const routing = BlueGreenUpdatePolicy?.TrafficRoutingConfiguration;
  if (!routing) return;
  checkSize(routing.Type, 'CANARY', 'CanarySize', routing.CanarySize, 1);
  checkSize(routing.Type, 'LINEAR', 'LinearStepSize', routing.LinearStepSize, 10);
}

function checkSize(type: string, owner: string, name: string, size: CapacitySize | undefined, least: number): void {
  if ((type === owner) !== (size !== undefined)) {
    const verb = size === undefined ? 'must' : 'must not';
    throw validationException(`${name} ${verb} be specified for traffic routing of type ${type}.`);
  }
  if (size) checkPercent(name, size, least, 50);
}

function checkPercent(name: string, { Type, Value }: CapacitySize, least: number, most: number): void {
  if (Type !== 'CAPACITY_PERCENT' || (Value >= least && Value <= most)) return;
  throw validationException(`${name} must be between ${least} and ${most} percent of the capacity.`);
}
