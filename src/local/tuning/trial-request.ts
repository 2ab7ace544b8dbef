import { randomBytes } from 'node:crypto';
import type { CreateTrainingJobRequest } from '../api/sagemaker.ts';
import type { Values } from './search-space.ts';
import type { Definition } from './tuning-job.ts';

/** `<tuning job>-007-1f2e3d4c`, as SageMaker names the training jobs of a tuning job. */
export const trialName = (tuningJob: string, number: number) =>
  `${tuningJob}-${String(number).padStart(3, '0')}-${randomBytes(4).toString('hex')}`;

/** The training job that tries these values. */
export function trialRequest(
  name: string,
  { training, objective }: Definition,
  values: Values,
): CreateTrainingJobRequest {
  const {
    DefinitionName: _name,
    TuningObjective: _objective,
    HyperParameterRanges: _ranges,
    StaticHyperParameters,
    HyperParameterTuningResourceConfig: tuningResources,
    ResourceConfig: ownResources,
    ...rest
  } = training;
  // Of several instances to choose from the first is the most wanted.
  const { InstanceConfigs, AllocationStrategy: _strategy, ...resources } = tuningResources ?? {};
  return {
    ...rest,
    ResourceConfig: ownResources ?? { ...resources, ...InstanceConfigs?.[0] },
    TrainingJobName: name,
    HyperParameters: { ...StaticHyperParameters, ...values, _tuning_objective_metric: objective.MetricName },
  };
}
