import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import type { TrainingJob } from '../training/training-job.ts';
import { warmPoolStatus } from '../training/warm-pool.ts';
import { findTrainingJob } from './find.ts';
import { withoutTags } from './without-tags.ts';

export const describeTrainingJob = (input: Inputs['DescribeTrainingJob'], account: Account) =>
  withoutTags(describeTraining(findTrainingJob(account, input.TrainingJobName), account));

/** With its tags. */
export function describeTraining({ reusedBy, ...job }: TrainingJob, account: Account) {
  const metrics = account.training.liveMetrics(job.TrainingJobName) ?? job.FinalMetricDataList;
  return {
    EnableNetworkIsolation: false,
    EnableInterContainerTrafficEncryption: false,
    EnableManagedSpotTraining: false,
    ...job,
    WarmPoolStatus: warmPoolStatus({ ...job, ...(reusedBy && { reusedBy }) }),
    ...(metrics?.length && { FinalMetricDataList: metrics }),
  };
}
