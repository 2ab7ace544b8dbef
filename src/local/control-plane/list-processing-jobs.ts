import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { listPage } from './list-page.ts';

export const listProcessingJobs = (input: Inputs['ListProcessingJobs'], account: Account) => {
  const { page, ...next } = listPage(
    account.processingJobs.values(),
    (job) => ({
      name: job.ProcessingJobName,
      status: job.ProcessingJobStatus,
      created: job.CreationTime,
      modified: job.LastModifiedTime,
    }),
    input,
    { order: 'Ascending' },
  );
  const ProcessingJobSummaries = page.map((job) => ({
    ProcessingJobName: job.ProcessingJobName,
    ProcessingJobArn: job.ProcessingJobArn,
    CreationTime: job.CreationTime,
    ProcessingEndTime: job.ProcessingEndTime,
    LastModifiedTime: job.LastModifiedTime,
    ProcessingJobStatus: job.ProcessingJobStatus,
    FailureReason: job.FailureReason,
    ExitMessage: job.ExitMessage,
  }));
  return { ProcessingJobSummaries, ...next };
};
