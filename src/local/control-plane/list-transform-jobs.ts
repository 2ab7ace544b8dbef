import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { listPage } from './list-page.ts';

export const listTransformJobs = (input: Inputs['ListTransformJobs'], account: Account) => {
  const { page, ...next } = listPage(
    account.transformJobs.values(),
    (job) => ({
      name: job.TransformJobName,
      status: job.TransformJobStatus,
      created: job.CreationTime,
      modified: job.LastModifiedTime,
    }),
    input,
  );
  const TransformJobSummaries = page.map((job) => ({
    TransformJobName: job.TransformJobName,
    TransformJobArn: job.TransformJobArn,
    CreationTime: job.CreationTime,
    TransformEndTime: job.TransformEndTime,
    LastModifiedTime: job.LastModifiedTime,
    TransformJobStatus: job.TransformJobStatus,
    FailureReason: job.FailureReason,
  }));
  return { TransformJobSummaries, ...next };
};
