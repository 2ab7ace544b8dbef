import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { isRunning } from '../tuning/tuning-job.ts';
import { validationException } from '../wire/aws-error.ts';
import { findTuningJob } from './find.ts';

export const deleteHyperParameterTuningJob = async (
  input: Inputs['DeleteHyperParameterTuningJob'],
  account: Account,
) => {
  const job = findTuningJob(account, input.HyperParameterTuningJobName);
  if (isRunning(job)) {
    throw validationException(
      `The hyperparameter tuning job is in status ${job.HyperParameterTuningJobStatus} and cannot be deleted.`,
    );
  }
  await account.tuningJobs.delete(input.HyperParameterTuningJobName.toLowerCase());
};
