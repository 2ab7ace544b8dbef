import type { CapacitySize, DeploymentConfig } from '../api/sagemaker.ts';

/** A share of the traffic, 0 to 1, that the new fleet takes for so many seconds before the next step. */
export interface RolloutStep {
  share: number;
  waitSeconds: number;
}

export interface RolloutSchedule {
  /** The last one has all the traffic; its wait is the final baking. */
  steps: RolloutStep[];
  /** How long the old fleet is kept when all is done. */
  terminationWaitSeconds: number;
  /** For all of it; past it the update is rolled back. */
  timeoutSeconds: number;
  /** Alarms that roll the update back, by name. */
  alarms: string[];
  /** The old fleet goes as the new one comes: after the last step there is nothing left to go back to at once. */
  rolling: boolean;
}

const longestTimeout = 28_800;

/** The steps from the old fleet to a new one of so many instances. Without a policy: blue/green, all at once, nothing to wait for. */
export function rolloutSchedule(config: DeploymentConfig = {}, instances: number): RolloutSchedule {
  const alarms = (config.AutoRollbackConfiguration?.Alarms ?? []).flatMap(({ AlarmName }) => AlarmName ?? []);
  const rolling = config.RollingUpdatePolicy;
  if (rolling) {
    return {
      steps: evenSteps(shareOf(rolling.MaximumBatchSize, instances), rolling.WaitIntervalInSeconds),
      terminationWaitSeconds: 0,
      timeoutSeconds: rolling.MaximumExecutionTimeoutInSeconds ?? longestTimeout,
      alarms,
      rolling: true,
    };
  }
  const { TrafficRoutingConfiguration, TerminationWaitInSeconds, MaximumExecutionTimeoutInSeconds } =
    config.BlueGreenUpdatePolicy ?? {};
  const { CanarySize, LinearStepSize, WaitIntervalInSeconds: waitSeconds = 0 } = TrafficRoutingConfiguration ?? {};
  const whole = { share: 1, waitSeconds };
  return {
    steps: LinearStepSize
      ? evenSteps(shareOf(LinearStepSize, instances), waitSeconds)
      : CanarySize
        ? [{ share: Math.min(shareOf(CanarySize, instances), 0.5), waitSeconds }, whole]
        : [whole],
    terminationWaitSeconds: TerminationWaitInSeconds ?? 0,
    timeoutSeconds: MaximumExecutionTimeoutInSeconds ?? longestTimeout,
    alarms,
    rolling: false,
  };
}

function evenSteps(size: number, waitSeconds: number): RolloutStep[] {
  const count = Math.ceil(1 / size - 1e-9);
  return Array.from({ length: count }, (_, at) => ({ share: Math.min(1, (at + 1) * size), waitSeconds }));
}

/** A percentage is kept as it is, though AWS rounds it to whole instances: an endpoint on a laptop has one. */
function shareOf({ Type, Value }: CapacitySize, instances: number): number {
  return Math.min(1, Type === 'CAPACITY_PERCENT' ? Value / 100 : Value / Math.max(1, instances));
}
