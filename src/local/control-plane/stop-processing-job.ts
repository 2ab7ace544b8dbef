import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { isRunning } from '../processing/processing-job.ts';
import { validationException } from '../wire/aws-error.ts';
import { findProcessingJob } from './find.ts';

export const stopProcessingJob = async (input: Inputs['StopProcessingJob'], account: Account) => {
  const job = findProcessingJob(account, input.ProcessingJobName);
  if (!isRunning(job)) {
    throw validationException(
      `The request was rejected because the processing job is in status ${job.ProcessingJobStatus}.`,
    );
  }
  await account.processing.stop(job);
};
