import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { listPage } from './list-page.ts';

export const listTrainingJobs = (input: Inputs['ListTrainingJobs'], account: Account) => {
  const { page, ...next } = listPage(
    account.trainingJobs.values(),
    (job) => ({
      name: job.TrainingJobName,
      status: job.TrainingJobStatus,
      created: job.CreationTime,
      modified: job.LastModifiedTime,
    }),
    input,
  );
  const TrainingJobSummaries = page.map((job) => ({
    TrainingJobName: job.TrainingJobName,
    TrainingJobArn: job.TrainingJobArn,
    CreationTime: job.CreationTime,
    TrainingEndTime: job.TrainingEndTime,
    LastModifiedTime: job.LastModifiedTime,
    TrainingJobStatus: job.TrainingJobStatus,
    SecondaryStatus: job.SecondaryStatus,
  }));
  return { TrainingJobSummaries, ...next };
};
