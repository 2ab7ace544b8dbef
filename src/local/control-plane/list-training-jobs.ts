import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { warmPoolStatus } from '../training/warm-pool.ts';
import { listPage } from './list-page.ts';

export const listTrainingJobs = (input: Inputs['ListTrainingJobs'], account: Account) => {
  const { WarmPoolStatusEquals: pool, TrainingPlanArnEquals: plan } = input;
  const { page, ...next } = listPage(
    [...account.trainingJobs.values()].filter(
      (job) =>
        (pool === undefined || warmPoolStatus(job)?.Status === pool) &&
        (plan === undefined || job.ResourceConfig?.TrainingPlanArn === plan),
    ),
    (job) => ({
      name: job.TrainingJobName,
      status: job.TrainingJobStatus,
      created: job.CreationTime,
      modified: job.LastModifiedTime,
    }),
    input,
    { order: 'Ascending' },
  );
  const TrainingJobSummaries = page.map((job) => ({
    TrainingJobName: job.TrainingJobName,
    TrainingJobArn: job.TrainingJobArn,
    CreationTime: job.CreationTime,
    TrainingEndTime: job.TrainingEndTime,
    LastModifiedTime: job.LastModifiedTime,
    TrainingJobStatus: job.TrainingJobStatus,
    SecondaryStatus: job.SecondaryStatus,
    WarmPoolStatus: warmPoolStatus(job),
    TrainingPlanArn: job.ResourceConfig?.TrainingPlanArn,
  }));
  return { TrainingJobSummaries, ...next };
};
