import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { isRunning } from '../transform/transform-job.ts';
import { validationException } from '../wire/aws-error.ts';
import { findTransformJob } from './find.ts';

export const stopTransformJob = async (input: Inputs['StopTransformJob'], account: Account) => {
  const job = findTransformJob(account, input.TransformJobName);
  if (!isRunning(job)) {
    throw validationException(
      `The request was rejected because the transform job is in status ${job.TransformJobStatus}.`,
    );
  }
  await account.transforms.stop(job);
};
