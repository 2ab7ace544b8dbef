import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { isRunning } from '../training/training-job.ts';
import { AwsError } from '../wire/aws-error.ts';
import { findTrainingJob } from './find.ts';

export const deleteTrainingJob = async (input: Inputs['DeleteTrainingJob'], account: Account) => {
  const job = findTrainingJob(account, input.TrainingJobName);
  if (isRunning(job)) {
    throw new AwsError(
      'ResourceInUse',
      `Training job "${job.TrainingJobArn}" is in status ${job.TrainingJobStatus} and cannot be deleted.`,
    );
  }
  await account.trainingJobs.delete(input.TrainingJobName.toLowerCase());
};
