import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { isRunning } from '../training/training-job.ts';
import { validationException } from '../wire/aws-error.ts';
import { findTrainingJob } from './find.ts';

export const stopTrainingJob = async (input: Inputs['StopTrainingJob'], account: Account) => {
  const job = findTrainingJob(account, input.TrainingJobName);
  if (!isRunning(job)) {
    throw validationException(
      `The request was rejected because the training job is in status ${job.TrainingJobStatus}.`,
    );
  }
  await account.training.stop(job);
};
