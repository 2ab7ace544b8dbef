import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { isRunning } from '../processing/processing-job.ts';
import { AwsError } from '../wire/aws-error.ts';
import { findProcessingJob } from './find.ts';

export const deleteProcessingJob = async (input: Inputs['DeleteProcessingJob'], account: Account) => {
  const job = findProcessingJob(account, input.ProcessingJobName);
  if (isRunning(job)) {
    throw new AwsError(
      'ResourceInUse',
      `Processing job "${job.ProcessingJobArn}" is in status ${job.ProcessingJobStatus} and cannot be deleted.`,
    );
  }
  await account.processingJobs.delete(input.ProcessingJobName.toLowerCase());
};
