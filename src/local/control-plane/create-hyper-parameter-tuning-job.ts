import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { metricDefinitions } from '../training/metrics.ts';
import { RangeFault, searchSpace } from '../tuning/search-space.ts';
import { gridSize } from '../tuning/suggest.ts';
import { type Definition, definitionsOf } from '../tuning/tuning-job.ts';
import { AwsError, validationException } from '../wire/aws-error.ts';

type Request = Inputs['CreateHyperParameterTuningJob'];
type Config = Request['HyperParameterTuningJobConfig'];

export const createHyperParameterTuningJob = async (input: Request, account: Account) => {
  const { HyperParameterTuningJobName: name, HyperParameterTuningJobConfig: config, WarmStartConfig } = input;
  const HyperParameterTuningJobArn = sagemakerArn(account, 'hyper-parameter-tuning-job', name);
  if (account.tuningJobs.get(name.toLowerCase())) {
    throw new AwsError(
      'ResourceInUse',
      `Hyperparameter tuning job names must be unique within an AWS account and region, and a hyperparameter tuning job with this name already exists (${HyperParameterTuningJobArn})`,
    );
  }
  if (input.Autotune) throw validationException('Autotune is not supported by the embedded SageMaker.');
  if ((input.TrainingJobDefinition === undefined) === (input.TrainingJobDefinitions === undefined)) {
    throw validationException('You must specify either TrainingJobDefinition or TrainingJobDefinitions, but not both.');
  }
  const definitions = definitionsOf(input);
  const sizes = definitions.map((definition) => {
    if (!definition)
      throw validationException('A training job definition needs an objective and hyperparameter ranges.');
    return checkDefinition(definition, config);
  });
  const names = definitions.map((definition) => definition?.training.DefinitionName);
  if (new Set(names).size < names.length)
    throw validationException('The names of training job definitions must be unique.');
  const gridTotal = sizes.reduce((sum, size) => sum + size, 0);
  checkConfig(config, gridTotal);
  for (const { HyperParameterTuningJobName: parent = '' } of WarmStartConfig?.ParentHyperParameterTuningJobs ?? []) {
    if (!account.tuningJobs.get(parent.toLowerCase())) {
      throw validationException(`Could not find the parent hyperparameter tuning job [${parent}].`);
    }
  }
  await account.tuning.start(input, HyperParameterTuningJobArn);
  return { HyperParameterTuningJobArn };
};

/** @returns how many trials a grid search makes of it */
function checkDefinition({ training, objective, ranges }: Definition, { Strategy }: Config): number {
  const { AlgorithmSpecification, StaticHyperParameters = {} } = training;
  const space = rangesOf(ranges);
  const both = space.filter(({ name }) => Object.hasOwn(StaticHyperParameters, name)).map(({ name }) => name);
  if (both.length > 0) {
    throw validationException(`The hyperparameters [${both.join(', ')}] are both static and to be tuned.`);
  }
  const known = metricDefinitions(AlgorithmSpecification);
  if (!known.some(({ Name }) => Name === objective.MetricName)) {
    throw validationException(
      `The objective metric for the hyperparameter tuning job, [${objective.MetricName}], isn’t valid for the [${AlgorithmSpecification.TrainingImage ?? AlgorithmSpecification.AlgorithmName}] algorithm. Choose a valid objective metric.`,
    );
  }
  const size = gridSize(space);
  if (Strategy === 'Grid' && size === undefined) {
    throw validationException('Grid search supports categorical hyperparameters only.');
  }
  return size ?? 0;
}

function rangesOf(ranges: Definition['ranges']) {
  try {
    return searchSpace(ranges);
  } catch (error) {
    throw error instanceof RangeFault ? validationException(error.message) : error;
  }
}

function checkConfig(config: Config, gridTotal: number): void {
  const { Strategy, StrategyConfig, ResourceLimits, TrainingJobEarlyStoppingType, TuningJobCompletionCriteria } =
    config;
  const { MaxNumberOfTrainingJobs: most, MaxParallelTrainingJobs: parallel, MaxRuntimeInSeconds } = ResourceLimits;
  if (Strategy === 'Grid' && most !== undefined && most !== gridTotal) {
    throw validationException(
      `MaxNumberOfTrainingJobs must be the number of combinations of the categorical hyperparameters, ${gridTotal}.`,
    );
  }
  if (Strategy !== 'Grid' && most === undefined && MaxRuntimeInSeconds === undefined) {
    throw validationException('MaxNumberOfTrainingJobs must be specified.');
  }
  if (most !== undefined && parallel > most) {
    throw validationException(
      `MaxParallelTrainingJobs [${parallel}] cannot be greater than MaxNumberOfTrainingJobs [${most}].`,
    );
  }
  const { MinResource = 1, MaxResource = Number.POSITIVE_INFINITY } = StrategyConfig?.HyperbandStrategyConfig ?? {};
  if (MinResource > MaxResource) throw validationException('MinResource cannot be greater than MaxResource.');
  if (StrategyConfig?.HyperbandStrategyConfig && Strategy !== 'Hyperband') {
    throw validationException('HyperbandStrategyConfig can be specified for the strategy Hyperband only.');
  }
  if (Strategy === 'Hyperband' && TrainingJobEarlyStoppingType === 'Auto') {
    throw validationException(
      'TrainingJobEarlyStoppingType must be Off for the strategy Hyperband, which stops jobs itself.',
    );
  }
  if (TuningJobCompletionCriteria?.ConvergenceDetected?.CompleteOnConvergence === 'Enabled') {
    throw validationException('ConvergenceDetected is not supported by the embedded SageMaker.');
  }
}
