import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { isRunning } from '../tuning/tuning-job.ts';
import { validationException } from '../wire/aws-error.ts';
import { findTuningJob } from './find.ts';

export const stopHyperParameterTuningJob = async (input: Inputs['StopHyperParameterTuningJob'], account: Account) => {
  const job = findTuningJob(account, input.HyperParameterTuningJobName);
  if (!isRunning(job)) {
    throw validationException(
      `The request was rejected because the hyperparameter tuning job is in status ${job.HyperParameterTuningJobStatus}.`,
    );
  }
  await account.tuning.stop(job);
};
