import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { parseS3Uri } from '../s3/s3-uri.ts';
import { AwsError, validationException } from '../wire/aws-error.ts';

const oneDay = 24 * 60 * 60;

export const createTrainingJob = async (input: Inputs['CreateTrainingJob'], account: Account) => {
  const TrainingJobArn = sagemakerArn(account, 'training-job', input.TrainingJobName);
  if (account.trainingJobs.get(input.TrainingJobName.toLowerCase())) {
    throw new AwsError(
      'ResourceInUse',
      `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${TrainingJobArn})`,
    );
  }
  const { TrainingImage, AlgorithmName } = input.AlgorithmSpecification ?? {};
  if ((TrainingImage === undefined) === (AlgorithmName === undefined)) {
    throw validationException(
      'You must specify either TrainingImage or AlgorithmName in AlgorithmSpecification, but not both.',
    );
  }
  const limits = { MaxRuntimeInSeconds: oneDay, ...input.StoppingCondition };
  if (input.EnableManagedSpotTraining && (limits.MaxWaitTimeInSeconds ?? 0) < limits.MaxRuntimeInSeconds) {
    throw validationException(
      'Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds',
    );
  }
  for (const { DataSource } of input.InputDataConfig ?? []) {
    const uri = DataSource.S3DataSource?.S3Uri;
    if (uri === undefined) throw validationException('Channels need an S3DataSource.');
    checkInput(uri);
  }
  await account.training.start({ ...input, StoppingCondition: limits }, TrainingJobArn);
  return { TrainingJobArn };

  /** SageMaker looks before it takes the job. */
  function checkInput(uri: string): void {
    const { bucket, key } = parseS3Uri(uri);
    if (account.objects.buckets.get(bucket) && !account.objects.keys(bucket).withPrefix(key).next().done) return;
    throw validationException(
      `No S3 objects found under S3 URL "${uri}" given in input data source. Please ensure that the bucket exists in the selected region (${account.region}), that objects exist under that S3 prefix, and that the role "${input.RoleArn}" has "s3:ListBucket" permissions on bucket "${bucket}".`,
    );
  }
};
